// Dashboards over what /metrics gives. Without version and segment a series is of all rows together.
import { dashboard, figure, incidentsOfPrometheus, labels, lines, promql, row, rows, states } from './parts.mjs';

const of = 'prometheus';
const all = 'version="", segment=""';
const model = labels('model', 'Model', 'label_values(plumbline_window_end_timestamp_seconds, model)');
const segment = labels('segment', 'Segment', 'label_values(plumbline_input_rows{model="$model", segment!=""}, segment)', {
  multi: true,
  all: true,
});
const feature = labels('feature', 'Feature', 'label_values(plumbline_drift_psi{model="$model", feature!~"@.*"}, feature)', {
  multi: true,
  all: true,
});
const one = `model="$model", ${all}`;
const eachVersion = 'model="$model", version!="", segment=""';
const eachSegment = 'model="$model", version="", segment=~"$segment", segment!=""';
const annotations = [incidentsOfPrometheus('model="$model"')];
const severities = {
  0: { text: 'digest', color: 'blue', index: 0 },
  1: { text: 'warning', color: 'orange', index: 1 },
  2: { text: 'critical', color: 'red', index: 2 },
};

const fleet = dashboard(of, {
  uid: 'plumbline-fleet',
  title: 'Plumbline: fleet',
  about: 'All models: which of them is in trouble.',
  variables: [],
  annotations: [incidentsOfPrometheus('')],
  parts: [
    figure(of, { title: 'Models', about: 'Models with a window in the last days.' }, promql('count(plumbline_window_end_timestamp_seconds)')),
    figure(
      of,
      { title: 'Open incidents', about: 'Of all models.', thresholds: [[1, 'orange']] },
      promql('sum(plumbline_open_incidents)'),
    ),
    figure(
      of,
      { title: 'Worst', about: 'The worst open incident: 0 digest, 1 warning, 2 critical.', thresholds: [[1, 'orange'], [2, 'red']] },
      promql('max(plumbline_worst_open_severity)'),
    ),
    figure(
      of,
      { title: 'Predictions in the newest windows', about: 'Of all models together.', width: 6 },
      promql(`sum(plumbline_system_requests{${all}})`),
    ),
    figure(
      of,
      { title: 'Oldest window', about: 'Age of the newest window of the model that is furthest behind.', unit: 's', width: 6, thresholds: [[14400, 'orange']] },
      promql('max(time() - plumbline_window_end_timestamp_seconds)'),
    ),
    states(
      of,
      { title: 'Worst open incident', about: 'By model; nothing where none is open.', width: 24, height: 7 },
      severities,
      promql('max by (model) (plumbline_worst_open_severity)', '{{model}}'),
    ),
    lines(
      of,
      { title: 'Drift', about: 'The largest PSI of a feature.', min: 0, thresholds: [[0.25, 'red']] },
      promql(`max by (model) (plumbline_drift_psi{${all}, feature!~"@.*"})`, '{{model}}'),
    ),
    lines(
      of,
      { title: 'Drift of the answers', about: 'PSI of the predictions.', min: 0, thresholds: [[0.25, 'red']] },
      promql(`max by (model) (plumbline_drift_psi{${all}, feature="@prediction"})`, '{{model}}'),
    ),
    lines(
      of,
      { title: 'Errors and time-outs', about: 'Share of the predictions of a window.', unit: 'percentunit', min: 0 },
      promql(`plumbline_system_error_rate_ratio{${all}} + plumbline_system_timeout_rate_ratio{${all}}`, '{{model}}'),
    ),
    lines(
      of,
      { title: 'Latency p95', about: 'Of the newest window.', unit: 's', min: 0 },
      promql(`plumbline_system_latency_p95_seconds{${all}}`, '{{model}}'),
    ),
    rows(
      of,
      { title: 'Quality', about: 'Accuracy of classifiers, with ground truth.', unit: 'percentunit', height: 6 },
      promql(`plumbline_performance_accuracy_ratio{${all}}`, '', { instant: true, asTable: true }),
    ),
  ],
});

const overview = dashboard(of, {
  uid: 'plumbline-model',
  title: 'Plumbline: model',
  about: 'One model in its four layers.',
  variables: [model, segment],
  annotations,
  parts: [
    figure(of, { title: 'Open incidents', about: 'That are not over.', thresholds: [[1, 'orange']] }, promql('plumbline_open_incidents{model="$model"}')),
    figure(of, { title: 'Predictions', about: 'In the newest window.' }, promql(`plumbline_system_requests{${one}}`)),
    figure(
      of,
      { title: 'Largest drift', about: 'PSI of the feature that moved most.', decimals: 2, thresholds: [[0.1, 'orange'], [0.25, 'red']] },
      promql(`max(plumbline_drift_psi{${one}, feature!~"@.*"})`),
    ),
    figure(
      of,
      { title: 'Labelled', about: 'Share of the predictions of the newest labelled window that have ground truth.', unit: 'percentunit' },
      promql(`plumbline_performance_label_coverage_ratio{${one}}`),
    ),
    figure(
      of,
      { title: 'Age of the window', about: 'Since the newest window ended.', unit: 's' },
      promql('time() - plumbline_window_end_timestamp_seconds{model="$model"}'),
    ),
    figure(
      of,
      { title: 'Age of the labels', about: 'Since the newest window with ground truth ended.', unit: 's' },
      promql('time() - plumbline_labelled_window_end_timestamp_seconds{model="$model"}'),
    ),
    row('Inputs'),
    lines(
      of,
      { title: 'Drift of features', about: 'PSI; the ten that moved most.', min: 0, thresholds: [[0.25, 'red']] },
      promql(`topk(10, plumbline_drift_psi{${one}, feature!~"@.*"})`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'Missing values', about: 'Share of rows without a value.', unit: 'percentunit', min: 0 },
      promql(`topk(10, plumbline_input_missing_rate_ratio{${one}})`, '{{feature}}'),
    ),
    row('Outputs'),
    lines(
      of,
      { title: 'Answers', about: 'Share of each class.', unit: 'percentunit', min: 0 },
      promql(`plumbline_output_share_ratio{${one}}`, '{{class}}'),
    ),
    lines(
      of,
      { title: 'Confidence and concentration', about: 'Mean probability of the answer; share of the most frequent class.', unit: 'percentunit', min: 0 },
      promql(`plumbline_output_confidence_ratio{${one}}`, 'confidence'),
      promql(`plumbline_output_top_share_ratio{${one}}`, 'most frequent class'),
    ),
    row('Outcomes'),
    lines(
      of,
      { title: 'Accuracy', about: 'Realized with ground truth, and estimated without.', unit: 'percentunit' },
      promql(`plumbline_performance_accuracy_ratio{${one}}`, 'realized'),
      promql(`plumbline_estimated_accuracy_ratio{${one}}`, 'estimated'),
    ),
    lines(
      of,
      { title: 'Accuracy by segment', about: 'With ground truth.', unit: 'percentunit' },
      promql(`plumbline_performance_accuracy_ratio{${eachSegment}}`, '{{segment}}'),
    ),
    lines(
      of,
      { title: 'Accuracy by version', about: 'With ground truth.', unit: 'percentunit' },
      promql(`plumbline_performance_accuracy_ratio{${eachVersion}}`, '{{version}}'),
    ),
    lines(
      of,
      { title: 'Predictions by version', about: 'In the newest window.', min: 0 },
      promql(`plumbline_system_requests{${eachVersion}}`, '{{version}}'),
    ),
  ],
});

const system = dashboard(of, {
  uid: 'plumbline-system',
  title: 'Plumbline: system',
  about: 'How a model answers, and how the server that watches it does.',
  variables: [model],
  annotations,
  parts: [
    row('The model'),
    lines(
      of,
      { title: 'Latency', about: 'Percentiles of a window.', unit: 's', min: 0 },
      promql(`plumbline_system_latency_p50_seconds{${one}}`, 'p50'),
      promql(`plumbline_system_latency_p95_seconds{${one}}`, 'p95'),
      promql(`plumbline_system_latency_p99_seconds{${one}}`, 'p99'),
    ),
    lines(
      of,
      { title: 'Latency p95 by version', about: 'Of a window.', unit: 's', min: 0 },
      promql(`plumbline_system_latency_p95_seconds{${eachVersion}}`, '{{version}}'),
    ),
    lines(
      of,
      { title: 'Throughput', about: 'Predictions a second, over a window.', unit: 'reqps', min: 0 },
      promql(`plumbline_system_throughput{${one}}`, 'all'),
      promql(`plumbline_system_throughput{${eachVersion}}`, '{{version}}'),
    ),
    lines(
      of,
      { title: 'Errors and time-outs', about: 'Share of the predictions.', unit: 'percentunit', min: 0 },
      promql(`plumbline_system_error_rate_ratio{${one}}`, 'errors'),
      promql(`plumbline_system_timeout_rate_ratio{${one}}`, 'time-outs'),
    ),
    row('Plumbline itself'),
    lines(
      of,
      { title: 'Events', about: 'A second, by what became of them.', min: 0 },
      promql('sum by (outcome) (rate(plumbline_events_total[$__rate_interval]))', '{{outcome}}'),
    ),
    lines(
      of,
      { title: 'Events that wait', about: 'In the spool, acknowledged and not yet in the column store.', min: 0 },
      promql('plumbline_spool_events', '{{instance}}'),
    ),
    lines(
      of,
      { title: 'Statements of the column store', about: 'Seconds of work a second.', min: 0 },
      promql('rate(plumbline_statements_time_seconds_total[$__rate_interval])', 'all'),
    ),
    lines(
      of,
      { title: 'Processor', about: 'Processors used.', min: 0 },
      promql('rate(process_cpu_seconds_total{job="plumbline"}[$__rate_interval])', '{{instance}}'),
    ),
    lines(
      of,
      { title: 'Memory', about: 'Resident.', unit: 'bytes', min: 0 },
      promql('process_resident_memory_bytes{job="plumbline"}', '{{instance}}'),
    ),
    lines(
      of,
      { title: 'Looks of the rules', about: 'Nine tenths of them are as quick, over the last hour.', unit: 's', min: 0 },
      promql('histogram_quantile(0.9, sum by (le) (plumbline_rules_look_duration_seconds_bucket))', 'p90'),
    ),
  ],
});

const drift = dashboard(of, {
  uid: 'plumbline-drift',
  title: 'Plumbline: drift',
  about: 'What of a model has moved, and how far.',
  variables: [model, feature, segment],
  annotations,
  parts: [
    lines(
      of,
      { title: 'PSI', about: 'Population stability index against the reference.', min: 0, thresholds: [[0.1, 'orange'], [0.25, 'red']], width: 24 },
      promql(`plumbline_drift_psi{${one}, feature=~"$feature"}`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'Shift that is not expected', about: 'Without what chance and the time of day explain, in standard deviations.', min: 0 },
      promql(`plumbline_drift_calibrated{${one}, feature=~"$feature"}`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'Jensen-Shannon', about: 'Distance of two distributions, 0 to 1.', min: 0 },
      promql(`plumbline_drift_js{${one}, feature=~"$feature"}`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'Kolmogorov-Smirnov', about: 'Of numeric features.', unit: 'percentunit', min: 0 },
      promql(`plumbline_drift_ks_ratio{${one}, feature=~"$feature"}`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'Wasserstein', about: 'Of numeric features, in standard deviations of the reference.', min: 0 },
      promql(`plumbline_drift_wasserstein{${one}, feature=~"$feature"}`, '{{feature}}'),
    ),
    lines(
      of,
      { title: 'All features together', about: 'How well a classifier tells production from the reference; 0.5 is not at all.' },
      promql(`plumbline_drift_multivariate_domain_classifier{${one}}`, 'domain classifier'),
    ),
    lines(
      of,
      { title: 'Reconstruction error', about: 'Of principal components learned from the reference.', min: 0 },
      promql(`plumbline_drift_multivariate_pca{${one}}`, 'now'),
      promql(`plumbline_drift_multivariate_pca_reference{${one}}`, 'reference'),
    ),
    lines(
      of,
      { title: 'Drift by segment', about: 'The largest PSI of a feature in each.', min: 0, width: 24 },
      promql(`max by (segment) (plumbline_drift_psi{${eachSegment}, feature!~"@.*"})`, '{{segment}}'),
    ),
    rows(
      of,
      { title: 'Bad data', about: 'Values of another type, outside the declared range, or never seen in the reference.', unit: 'percentunit' },
      promql(`plumbline_input_type_error_rate_ratio{${one}, feature=~"$feature"}`, '', { instant: true, asTable: true }),
      promql(`plumbline_input_unseen_rate_ratio{${one}, feature=~"$feature"}`, '', { instant: true, asTable: true }),
    ),
  ],
});

const business = dashboard(of, {
  uid: 'plumbline-business',
  title: 'Plumbline: business',
  about: 'What the errors of a model cost, and what customers do.',
  variables: [model, segment],
  annotations,
  parts: [
    lines(
      of,
      { title: 'Cost', about: 'Of the errors of a window, in the currency of the model.', min: 0 },
      promql(`plumbline_cost_realized{${one}}`, 'realized'),
      promql(`plumbline_cost_estimated{${one}}`, 'estimated'),
    ),
    lines(
      of,
      { title: 'Cost of 1,000 predictions', about: 'Realized with ground truth, estimated without.', min: 0 },
      promql(`plumbline_cost_realized_per_1000{${one}}`, 'realized'),
      promql(`plumbline_cost_estimated_per_1000{${one}}`, 'estimated'),
    ),
    lines(
      of,
      { title: 'Cost of 1,000 predictions by segment', about: 'With ground truth.', min: 0 },
      promql(`plumbline_cost_realized_per_1000{${eachSegment}}`, '{{segment}}'),
    ),
    lines(
      of,
      { title: 'Cost of 1,000 predictions by version', about: 'With ground truth.', min: 0 },
      promql(`plumbline_cost_realized_per_1000{${eachVersion}}`, '{{version}}'),
    ),
    lines(
      of,
      { title: 'Business signals', about: 'Share of the predictions that had one.', unit: 'percentunit', min: 0 },
      promql(`plumbline_business_rate_ratio{${one}}`, '{{signal}}'),
    ),
    lines(
      of,
      { title: 'Business events', about: 'Of a window.', min: 0 },
      promql(`plumbline_business_events{${one}}`, '{{signal}}'),
    ),
  ],
});

export const all5 = { fleet, model: overview, system, drift, business };
