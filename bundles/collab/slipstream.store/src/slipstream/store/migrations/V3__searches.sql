-- Searches for better parameters, and their finished trials.

CREATE TABLE searches (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name VARCHAR(200) NOT NULL UNIQUE,
  experiment VARCHAR(180) NOT NULL,
  number INT NOT NULL,
  state VARCHAR(16) NOT NULL,
  create_time BIGINT NOT NULL,
  start_time BIGINT,
  end_time BIGINT,
  experiment_text CHARACTER LARGE OBJECT NOT NULL,
  file VARCHAR(4096) NOT NULL,
  data_directory VARCHAR(4096) NOT NULL,
  threads INT NOT NULL,
  -- For how long it has run, up to its last trial that finished, in nanoseconds.
  elapsed BIGINT DEFAULT 0 NOT NULL,
  -- What is searched, how far it is, its best trial: a message of the protocol.
  snapshot VARBINARY(1048576) NOT NULL,
  run VARCHAR(200) DEFAULT '' NOT NULL,
  problem_category VARCHAR(32),
  problem_message VARCHAR(4096),
  problem_remedy VARCHAR(4096),
  problem_file VARCHAR(4096),
  problem_line INT,
  problem_column INT,
  problem_key VARCHAR(1024),
  UNIQUE (experiment, number)
);
CREATE INDEX searches_by_experiment ON searches (experiment, id);
CREATE INDEX searches_by_state ON searches (state);

CREATE TABLE trials (
  search_id BIGINT NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
  number INT NOT NULL,
  -- SHA-256 of all that decides the result: data, code, experiment with the trial's values, resource.
  trial_key CHAR(64) NOT NULL,
  scored BOOLEAN NOT NULL,
  -- The trial as a message of the protocol.
  trial VARBINARY(1048576) NOT NULL,
  PRIMARY KEY (search_id, number)
);
CREATE INDEX trials_by_key ON trials (trial_key, scored);
