-- A dataset grows by appends; its newest version is the row in datasets.

ALTER TABLE datasets ADD COLUMN version INT DEFAULT 1 NOT NULL;
-- How it was imported: the plug-in's name, its parameters as JSON, and where relative paths start.
ALTER TABLE datasets ADD COLUMN importer VARCHAR(200) DEFAULT '' NOT NULL;
ALTER TABLE datasets ADD COLUMN parameters CHARACTER LARGE OBJECT DEFAULT '' NOT NULL;
ALTER TABLE datasets ADD COLUMN base VARCHAR(4096) DEFAULT '' NOT NULL;

CREATE TABLE dataset_versions (
  dataset_id BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  version INT NOT NULL,
  hash CHAR(64) NOT NULL,
  row_count BIGINT NOT NULL,
  instruments INT NOT NULL,
  first_time BIGINT,
  last_time BIGINT,
  source VARCHAR(4096) NOT NULL,
  create_time BIGINT NOT NULL,
  PRIMARY KEY (dataset_id, version)
);
CREATE INDEX dataset_versions_by_hash ON dataset_versions (hash);
INSERT INTO dataset_versions (dataset_id, version, hash, row_count, instruments, first_time, last_time, source, create_time)
  SELECT id, 1, hash, row_count, instruments, first_time, last_time, source, create_time FROM datasets;

-- Tables that nothing names any more and that are still to be removed.
CREATE TABLE unused_tables (
  hash CHAR(64) PRIMARY KEY
);
