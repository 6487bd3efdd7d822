-- Times are UTC nanoseconds since 1970. Bytes live in the content store beside the database, under their SHA-256.

CREATE TABLE runs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name VARCHAR(200) NOT NULL UNIQUE,
  experiment VARCHAR(180) NOT NULL,
  number INT NOT NULL,
  state VARCHAR(16) NOT NULL,
  create_time BIGINT NOT NULL,
  start_time BIGINT,
  end_time BIGINT,
  experiment_text CHARACTER LARGE OBJECT NOT NULL,
  threads INT NOT NULL,
  directory VARCHAR(4096) NOT NULL,
  report_hash CHAR(64),
  report_html_hash CHAR(64),
  problem_category VARCHAR(32),
  problem_message VARCHAR(4096),
  problem_remedy VARCHAR(4096),
  problem_file VARCHAR(4096),
  problem_line INT,
  problem_column INT,
  problem_key VARCHAR(1024),
  UNIQUE (experiment, number)
);
CREATE INDEX runs_by_experiment ON runs (experiment, id);
CREATE INDEX runs_by_state ON runs (state);

CREATE TABLE run_events (
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  sequence BIGINT NOT NULL,
  event VARBINARY(65536) NOT NULL,
  PRIMARY KEY (run_id, sequence)
);

CREATE TABLE models (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name VARCHAR(300) NOT NULL UNIQUE,
  hash CHAR(64) NOT NULL,
  experiment VARCHAR(180) NOT NULL,
  run VARCHAR(200) NOT NULL,
  trainer VARCHAR(100) NOT NULL,
  target VARCHAR(200) NOT NULL,
  unit VARCHAR(100) NOT NULL,
  training_rows BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  file VARCHAR(4096) NOT NULL
);
CREATE INDEX models_by_run ON models (run, id);
CREATE INDEX models_by_hash ON models (hash);

CREATE TABLE model_inputs (
  model_id BIGINT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  position INT NOT NULL,
  name VARCHAR(200) NOT NULL,
  unit VARCHAR(100) NOT NULL,
  given BOOLEAN NOT NULL,
  expression VARCHAR(65536) NOT NULL,
  PRIMARY KEY (model_id, position)
);

CREATE TABLE model_provenance (
  model_id BIGINT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  name VARCHAR(300) NOT NULL,
  content VARCHAR(65536) NOT NULL,
  PRIMARY KEY (model_id, name)
);

CREATE TABLE datasets (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name VARCHAR(200) NOT NULL UNIQUE,
  hash CHAR(64) NOT NULL,
  row_count BIGINT NOT NULL,
  instruments INT NOT NULL,
  time_column VARCHAR(500) NOT NULL,
  instrument_column VARCHAR(500) NOT NULL,
  first_time BIGINT,
  last_time BIGINT,
  source VARCHAR(4096) NOT NULL,
  quality_hash CHAR(64),
  create_time BIGINT NOT NULL
);
CREATE INDEX datasets_by_hash ON datasets (hash);

CREATE TABLE dataset_columns (
  dataset_id BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  position INT NOT NULL,
  name VARCHAR(500) NOT NULL,
  type VARCHAR(16) NOT NULL,
  unit VARCHAR(200) NOT NULL,
  description VARCHAR(4096) NOT NULL,
  PRIMARY KEY (dataset_id, position)
);
