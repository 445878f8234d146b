// Fetches what package-lock.json pins, once, however many builds ask for it at the same time.
// The build calls it through npm.targets; `node npm/restore.mjs` does the same by hand.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const lock = path.join(folder, '.restore-lock');
const stamp = path.join(folder, 'node_modules', '.plumbline-stamp');
const charts = path.join(folder, 'chart-library.mjs');
const inputs = ['package.json', 'package-lock.json', '.npmrc', 'chart-library.mjs'].map(name => path.join(folder, name));
const oldestNode = 20;
const waitLimitMs = 10 * 60 * 1000;

function isFresh() {
  if (!fs.existsSync(stamp)) return false;
  const made = fs.statSync(stamp).mtimeMs;
  return inputs.every(file => fs.statSync(file).mtimeMs <= made);
}

/** Creating a file exclusively is atomic on every platform; the file names its owner so that a dead one is noticed. */
function tryLock() {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    try {
      process.kill(Number(fs.readFileSync(lock, 'utf8')), 0);
    } catch (gone) {
      if (gone.code === 'ESRCH') fs.rmSync(lock, { force: true });
    }
    return false;
  }
}

/** One file that sets a global `echarts`, with the licences of what it holds. */
async function bundleCharts() {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [charts], bundle: true, minify: true, format: 'iife', globalName: 'echarts', target: 'es2020',
    legalComments: 'eof', logLevel: 'error', outfile: path.join(folder, 'node_modules', '.plumbline', 'echarts.min.js')
  });
}

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  console.error(`error PLUMB002: Node.js ${process.versions.node} is too old; Plumbline's build needs Node.js ${oldestNode} or newer (https://nodejs.org).`);
  process.exit(1);
}

const begun = Date.now();
while (!tryLock()) {
  if (Date.now() - begun > waitLimitMs) {
    console.error(`error PLUMB003: waited ten minutes for another build; if none is running, delete ${lock}.`);
    process.exit(1);
  }
  await new Promise(resolve => setTimeout(resolve, 200));
}

try {
  if (!isFresh()) {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
    await bundleCharts();
    fs.writeFileSync(stamp, '');
  }
} catch (error) {
  console.error(`error PLUMB004: npm could not fetch the engine and the chart library (${error.message}). Is the npm registry reachable?`);
  process.exitCode = 1;
} finally {
  fs.rmSync(lock, { force: true });
}
