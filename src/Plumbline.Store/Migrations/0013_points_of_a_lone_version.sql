-- A version that made all predictions of a window has the numbers of all versions there: one row holds for both.
ALTER TABLE metric_points
    ADD COLUMN IF NOT EXISTS also_version LowCardinality(String) AFTER version;
