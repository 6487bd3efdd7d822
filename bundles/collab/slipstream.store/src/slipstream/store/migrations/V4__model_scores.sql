-- Scores of the models of runs, taken from their reports: what is listed over all runs.

CREATE TABLE model_scores (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  target VARCHAR(200) NOT NULL,
  model VARCHAR(200) NOT NULL,
  trainer VARCHAR(100) NOT NULL,
  baseline BOOLEAN NOT NULL,
  training_seconds DOUBLE PRECISION NOT NULL,
  -- The score as a message of the protocol.
  score VARBINARY(1048576) NOT NULL
);
CREATE INDEX model_scores_by_run ON model_scores (run_id);
CREATE INDEX model_scores_by_target ON model_scores (target);

CREATE TABLE metric_scores (
  score_id BIGINT NOT NULL REFERENCES model_scores (id) ON DELETE CASCADE,
  metric VARCHAR(100) NOT NULL,
  -- The lower the better: the negative of a score that is better the higher it is. Null where it is not defined.
  loss DOUBLE PRECISION,
  PRIMARY KEY (score_id, metric)
);

-- Whether what the run's report says is in model_scores.
ALTER TABLE runs ADD COLUMN scores_taken BOOLEAN DEFAULT FALSE NOT NULL;
CREATE INDEX runs_by_scores_taken ON runs (scores_taken);
