// Dashboards over the HTTP API, through the JSON data source (yesoreyeram-infinity-datasource): history from the first window on, intervals
// and reasons, incidents, predictions - what /metrics, which knows the newest window, does not give.
import { api, dashboard, incidentsOfApi, lines, names, points, rows, typed } from './parts.mjs';

const of = 'api';
const model = names('model', 'Model', '/v1/models', 'models', 'name');
const segment = typed('segment', 'Segment, such as country=*', '*');
const metric = names('metric', 'Metric', '/v1/metrics-catalogue', 'metrics', 'name');
const annotations = [incidentsOfApi('/v1/models/${model}/incidents')];
const incidents = {
  id: ['incident', 'number'],
  model: ['model', 'string'],
  state: ['state', 'string'],
  severity: ['severity', 'string'],
  headline: ['headline', 'string'],
  onset: ['onset', 'timestamp'],
  fired_at: ['fired', 'timestamp'],
  resolved_at: ['over', 'timestamp'],
};

const fleet = dashboard(of, {
  uid: 'plumbline-api-fleet',
  title: 'Plumbline (API): fleet',
  about: 'Health of all models as their rules say, and their incidents.',
  variables: [],
  annotations: [incidentsOfApi('/v1/incidents')],
  parts: [
    rows(
      of,
      { title: 'Health', about: 'State of each layer: system, inputs, outputs, outcomes.', height: 10 },
      api('/v1/fleet', 'models', {
        model: ['model', 'string'],
        'layers.0.state': ['system', 'string'],
        'layers.1.state': ['inputs', 'string'],
        'layers.2.state': ['outputs', 'string'],
        'layers.3.state': ['outcomes', 'string'],
        'layers.1.reason': ['inputs, why', 'string'],
        'layers.3.reason': ['outcomes, why', 'string'],
      }),
    ),
    rows(
      of,
      { title: 'Incidents', about: 'The newest first.', height: 12 },
      api('/v1/incidents', 'incidents', incidents, { params: { from: '${__timeFrom:date}', to: '${__timeTo:date}', limit: '200' } }),
    ),
  ],
});

const overview = dashboard(of, {
  uid: 'plumbline-api-model',
  title: 'Plumbline (API): model',
  about: 'One model in its four layers, from its first window on.',
  variables: [model, segment],
  annotations,
  parts: [
    lines(of, { title: 'Predictions', about: 'Of a window.', min: 0 }, points('system.requests', 'version', { version: '*' })),
    lines(of, { title: 'Latency p95', about: 'Of a window.', unit: 'ms', min: 0 }, points('system.latency_ms.p95', 'version', { version: '*' })),
    lines(of, { title: 'Errors', about: 'Share of the predictions.', unit: 'percentunit', min: 0 }, points('system.error_rate', 'version', { version: '*' })),
    lines(of, { title: 'Drift', about: 'PSI of features.', min: 0, thresholds: [[0.25, 'red']] }, points('drift.psi', 'feature')),
    lines(of, { title: 'Missing values', about: 'Share of the rows.', unit: 'percentunit', min: 0 }, points('input.missing_rate', 'feature')),
    lines(of, { title: 'Answers', about: 'Share of each class.', unit: 'percentunit', min: 0 }, points('output.share', 'class')),
    lines(
      of,
      { title: 'Accuracy', about: 'Realized and estimated.', unit: 'percentunit' },
      points('performance.accuracy', 'metric'),
      points('estimated.accuracy', 'metric'),
    ),
    lines(
      of,
      { title: 'Accuracy by segment', about: 'With ground truth.', unit: 'percentunit' },
      points('performance.accuracy', 'segment', { segment: '${segment}' }),
    ),
    rows(
      of,
      { title: 'Incidents of the model', about: 'The newest first.' },
      api('/v1/models/${model}/incidents', 'incidents', incidents, { params: { limit: '100' } }),
    ),
    rows(
      of,
      { title: 'Alerts', about: 'The newest first, small ones too.' },
      api(
        '/v1/models/${model}/alerts',
        'alerts',
        {
          rule: ['rule', 'string'],
          metric: ['metric', 'string'],
          feature: ['feature', 'string'],
          segment: ['segment', 'string'],
          onset: ['onset', 'timestamp'],
          resolved_at: ['over', 'timestamp'],
          'evidence.value': ['value', 'number'],
          'evidence.p_value': ['p-value', 'number'],
          incident_id: ['incident', 'number'],
        },
        { params: { limit: '200' } },
      ),
    ),
  ],
});

const metrics = dashboard(of, {
  uid: 'plumbline-api-metric',
  title: 'Plumbline (API): any metric',
  about: 'Any metric of the catalogue, with its interval, by feature, class, version or segment.',
  variables: [model, metric, segment],
  annotations,
  parts: [
    lines(
      of,
      { title: '${metric}', about: 'Of all rows, with its 95 % interval where it has one.', width: 24 },
      api(
        '/v1/models/${model}/metrics',
        'points',
        {
          window_end: ['time', 'timestamp'],
          feature: ['feature', 'string'],
          class: ['class', 'string'],
          value: ['value', 'number'],
          lower: ['lower', 'number'],
          upper: ['upper', 'number'],
        },
        { series: true, params: { metric: '${metric}', from: '${__timeFrom:date}', to: '${__timeTo:date}', limit: '20000' } },
      ),
    ),
    lines(of, { title: '${metric} by version', about: 'Each version.' }, points('${metric}', 'version', { version: '*' })),
    lines(of, { title: '${metric} by segment', about: 'Each segment chosen.' }, points('${metric}', 'segment', { segment: '${segment}' })),
    rows(
      of,
      { title: 'Points', about: 'Also those without a value, and why.' },
      api(
        '/v1/models/${model}/metrics',
        'points',
        {
          window_start: ['from', 'timestamp'],
          window_end: ['to', 'timestamp'],
          feature: ['feature', 'string'],
          class: ['class', 'string'],
          value: ['value', 'number'],
          lower: ['lower', 'number'],
          upper: ['upper', 'number'],
          n: ['rows', 'number'],
          status: ['status', 'string'],
          reason: ['why', 'string'],
        },
        { params: { metric: '${metric}', from: '${__timeFrom:date}', to: '${__timeTo:date}', limit: '5000' } },
      ),
    ),
  ],
});

const predictions = dashboard(of, {
  uid: 'plumbline-api-predictions',
  title: 'Plumbline (API): predictions',
  about: 'Single predictions, and how many there were.',
  variables: [model],
  annotations,
  parts: [
    lines(
      of,
      { title: 'Predictions by class', about: 'In equal spans.', width: 24, min: 0 },
      api(
        '/v1/models/${model}/prediction-counts',
        'counts',
        { start: ['time', 'timestamp'], class: ['class', 'string'], count: ['count', 'number'] },
        { series: true, params: { from: '${__timeFrom:date}', to: '${__timeTo:date}', buckets: '200' } },
      ),
    ),
    rows(
      of,
      { title: 'Predictions', about: 'The newest first.', height: 14 },
      api(
        '/v1/models/${model}/predictions',
        'predictions',
        {
          prediction_id: ['prediction', 'string'],
          timestamp: ['time', 'timestamp'],
          version: ['version', 'string'],
          prediction: ['answer', 'string'],
          'ground_truth': ['ground truth', 'string'],
          confidence: ['confidence', 'number'],
          latency_ms: ['latency', 'number'],
          status: ['status', 'string'],
        },
        { params: { from: '${__timeFrom:date}', to: '${__timeTo:date}', limit: '200' } },
      ),
    ),
  ],
});

export const all4 = { fleet, model: overview, metric: metrics, predictions };
