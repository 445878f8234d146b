// The parts that all dashboards are made of. A panel is described once, with its queries of one data source; the library of Grafana's own
// schema turns that into what Grafana reads.
import dashboards from '@grafana/grafana-foundation-sdk/dashboard';
import prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import table from '@grafana/grafana-foundation-sdk/table';
import stat from '@grafana/grafana-foundation-sdk/stat';
import statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import common from '@grafana/grafana-foundation-sdk/common';

const { DashboardBuilder, QueryVariableBuilder, DatasourceVariableBuilder, TextBoxVariableBuilder, AnnotationQueryBuilder, RowBuilder } =
  dashboards;

/** Where a dashboard's numbers come from: each set has a variable "datasource", so that a folder of files serves any Grafana. */
export const sources = {
  prometheus: { plugin: 'prometheus', ref: { type: 'prometheus', uid: '${datasource}' } },
  api: { plugin: 'yesoreyeram-infinity-datasource', ref: { type: 'yesoreyeram-infinity-datasource', uid: '${datasource}' } },
};

/** A query of Prometheus. */
export const promql = (expr, legend = '', { instant = false, asTable = false } = {}) => ({
  as: 'promql',
  build(refId) {
    const query = new prometheus.DataqueryBuilder().refId(refId).datasource(sources.prometheus.ref).expr(expr).legendFormat(legend);
    query.format(asTable ? 'table' : 'time_series');
    return instant ? query.instant() : query.range();
  },
});

const selected = { timestamp: 'timestamp', number: 'number', string: 'string' };

/**
 * A query of Plumbline's own HTTP API through the JSON data source.
 * @param path the path, with Grafana's variables
 * @param root where in the answer the rows are
 * @param columns selector: [title, type], in the order of the table
 */
export const api = (path, root, columns, { series = false, params = {} } = {}) => ({
  as: 'api',
  build(refId) {
    const target = {
      refId,
      datasource: sources.api.ref,
      type: 'json',
      source: 'url',
      parser: 'backend',
      format: series ? 'timeseries' : 'table',
      url: path,
      url_options: {
        method: 'GET',
        params: Object.entries(params).map(([key, value]) => ({ key, value })),
      },
      root_selector: root,
      columns: Object.entries(columns).map(([selector, [text, type]]) => ({ selector, text, type: selected[type] })),
    };
    return { build: () => target };
  },
});

/** Metric points of a model over the time that the page shows, a line for each value of <paramref name="by"/>. */
export const points = (metric, by, params = {}) =>
  api(
    '/v1/models/${model}/metrics',
    'points',
    { window_end: ['time', 'timestamp'], ...(by ? { [by]: [by, 'string'] } : {}), value: ['value', 'number'] },
    { series: true, params: { metric, from: '${__timeFrom:date}', to: '${__timeTo:date}', limit: '20000', ...params } },
  );

const steps = (thresholds) => ({
  build: () => ({
    mode: 'absolute',
    steps: [{ value: null, color: 'green' }, ...thresholds.map(([value, color]) => ({ value, color }))],
  }),
});

const common_ = (panel, of, { title, about, unit = 'short', min, max, thresholds, height = 8, width = 12, decimals }) => {
  panel.title(title).description(about).datasource(sources[of].ref).height(height).span(width).unit(unit);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (decimals !== undefined) panel.decimals(decimals);
  if (thresholds) panel.thresholds(steps(thresholds));
  return panel;
};

const withQueries = (panel, queries) => {
  queries.forEach((query, index) => panel.withTarget(query.build(String.fromCharCode(65 + index))));
  return panel;
};

/** Lines over time. */
export const lines = (of, options, ...queries) => {
  const panel = common_(new timeseries.PanelBuilder(), of, options)
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints('never')
    // A window without a number is a gap, but numbers an hour apart are one line.
    .insertNulls(4 * 3600 * 1000)
    .tooltip(new common.VizTooltipOptionsBuilder().mode('multi').sort('desc'))
    .legend(
      new common.VizLegendOptionsBuilder().showLegend(true).displayMode('list').placement('bottom').calcs(['lastNotNull']),
    );
  if (options.thresholds) panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode('dashed'));
  return withQueries(panel, queries);
};

/** One number. */
export const figure = (of, options, ...queries) =>
  withQueries(
    common_(new stat.PanelBuilder(), of, { height: 4, width: 4, ...options })
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
      .graphMode('none')
      .colorMode(options.thresholds ? 'value' : 'none'),
    queries,
  );

/** A table. */
export const rows = (of, options, ...queries) => withQueries(common_(new table.PanelBuilder(), of, { width: 24, ...options }), queries);

/** Which state when. */
export const states = (of, options, mappings, ...queries) =>
  withQueries(
    common_(new statetimeline.PanelBuilder(), of, options)
      .mappings([{ type: 'value', options: mappings }])
      .mergeValues(true)
      .showValue('never'),
    queries,
  );

export const row = (title) => new RowBuilder(title);

/** A variable whose values a query of Prometheus gives. */
export const labels = (name, label, query, { multi = false, all = false } = {}) => {
  const variable = new QueryVariableBuilder(name).label(label).datasource(sources.prometheus.ref).query(query).refresh(2).sort(1).multi(multi);
  return all ? variable.includeAll(true).allValue('.*') : variable;
};

/** A variable whose values the HTTP API gives. */
export const names = (name, label, path, root, selector) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(sources.api.ref)
    .refresh(2)
    .sort(1)
    .query({
      queryType: 'infinity',
      refId: 'V',
      infinityQuery: {
        refId: 'V',
        type: 'json',
        source: 'url',
        parser: 'backend',
        format: 'table',
        url: path,
        url_options: { method: 'GET', params: [] },
        root_selector: root,
        columns: [{ selector, text: selector, type: 'string' }],
      },
    });

/** A variable that one types. */
export const typed = (name, label, value) => new TextBoxVariableBuilder(name).label(label).defaultValue(value);

/** Times at which a model has an open incident, across all panels. */
export const incidentsOfPrometheus = (selector) => {
  const query = new AnnotationQueryBuilder()
    .name('Open incidents')
    .datasource(sources.prometheus.ref)
    .enable(true)
    .iconColor('red')
    .expr(`max by (model) (plumbline_worst_open_severity{${selector}}) >= 1`);
  const target = {
    ...query.build(),
    titleFormat: 'Incident of {{model}}',
    textFormat: 'severity: 1 warning, 2 critical',
    step: '60s',
    useValueForTime: false,
  };
  return { build: () => target };
};

/** Incidents as regions from their onset, by the HTTP API. */
export const incidentsOfApi = (path) => {
  const target = {
    name: 'Incidents',
    enable: true,
    iconColor: 'red',
    datasource: sources.api.ref,
    target: api(
      path,
      'incidents',
      {
        onset: ['time', 'timestamp'],
        resolved_at: ['timeEnd', 'timestamp'],
        headline: ['title', 'string'],
        severity: ['tags', 'string'],
      },
      { params: { severity: 'warning', limit: '500' } },
    )
      .build('Anno')
      .build(),
  };
  return { build: () => target };
};

/** A dashboard of a set; its parts are rows and panels in their order. */
export const dashboard = (of, { uid, title, about, variables, annotations, parts, from = 'now-7d', refresh = '1m' }) => {
  const made = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['plumbline'])
    .timezone('browser')
    .time({ from, to: 'now' })
    .refresh(refresh)
    .tooltip(1)
    .editable()
    .link({
      build: () => ({
        title: 'Plumbline',
        type: 'dashboards',
        tags: ['plumbline'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: '',
        tooltip: '',
        url: '',
      }),
    })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type(sources[of].plugin));
  variables.forEach((variable) => made.withVariable(variable));
  annotations.forEach((annotation) => made.annotation(annotation));
  parts.forEach((part) => (part instanceof RowBuilder ? made.withRow(part) : made.withPanel(part)));
  const built = made.build();
  // Oldest model of dashboards that holds all of this: Grafana 11 and later read it, and take it to their own.
  built.schemaVersion = 39;
  built.panels.forEach((panel, index) => (panel.id = index + 1));
  return built;
};
