-- In words why a point has no value, and for values read from a profile how far the value of the rows themselves can be away.
ALTER TABLE metric_points
    ADD COLUMN IF NOT EXISTS reason LowCardinality(String) AFTER status,
    ADD COLUMN IF NOT EXISTS error_bound Nullable(Float64) AFTER reason;
