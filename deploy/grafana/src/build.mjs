// Writes the dashboards; with --check says which of them is not what this makes, and fails.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { all4 } from './api.mjs';
import { all5 } from './prometheus.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'dashboards');
const check = process.argv.includes('--check');
const stale = [];
for (const [set, dashboards] of Object.entries({ prometheus: all5, api: all4 })) {
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const path = join(folder, set, `${name}.json`);
    const text = `${JSON.stringify(dashboard, null, 2)}\n`;
    if (check) {
      if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(path);
  }
}

if (stale.length > 0) {
  console.error(`Not what src/ makes; run npm run build:\n${stale.join('\n')}`);
  process.exit(1);
}
