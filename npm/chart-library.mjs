// The chart library with what js/charts.js draws and nothing else: half of the whole one, which every first visit of a page would read.
// A kind of series or component that is missing here is reported in the browser's console when a chart asks for it.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapContinuousComponent
} from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

export { init } from 'echarts/core';

use([
  BarChart, CustomChart, LineChart, ScatterChart,
  GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapContinuousComponent,
  CanvasRenderer
]);
