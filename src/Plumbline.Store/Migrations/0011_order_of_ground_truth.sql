-- Which row of a block came first: of several labels with one time the last counts.
ALTER TABLE ground_truth ADD COLUMN IF NOT EXISTS arrival UInt64;
