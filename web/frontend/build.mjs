// Bundles src/ into ../static/dist: hashed names, a manifest, precompressed copies and the third-party notices.
// OUT=<folder> builds elsewhere; --dev leaves the code readable and adds source maps.
import * as esbuild from 'esbuild';
import { readdir, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.env.OUT ?? path.join(here, '../static/dist'));
const dev = process.argv.includes('--dev');

const ENTRIES = ['app.js', 'app.css', 'modeler.js', 'modeler.css', 'viewer.js', 'viewer.css'];

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ENTRIES.map((name) => ({ in: `src/${name}`, out: name.replace(/\.\w+$/, '') })),
  entryNames: '[name]-[hash]',
  outdir: out,
  bundle: true,
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
  format: 'iife',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  charset: 'utf8',
  loader: { '.woff2': 'file' },
  legalComments: 'none',
  banner: { js: '/*! Licences: THIRD-PARTY-NOTICES.txt */', css: '/*! Licences: THIRD-PARTY-NOTICES.txt */' },
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const files = new Map();
for (const file of result.outputFiles) files.set(path.basename(file.path), Buffer.from(file.contents));

const manifest = {};
for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
  if (entryPoint) manifest[path.basename(entryPoint)] = path.basename(file);
}
const missing = ENTRIES.filter((name) => !manifest[name]);
if (missing.length) throw new Error(`not built: ${missing.join(', ')}`);

for (const [name, bytes] of [...files]) files.set(`${name}.gz`, gzipSync(bytes, { level: 9 }));
files.set('THIRD-PARTY-NOTICES.txt', Buffer.from(await notices(result.metafile)));

await mkdir(out, { recursive: true });
for (const [name, bytes] of files) await writeFile(path.join(out, name), bytes);
// The manifest comes last: whoever reads it finds every file it names.
await writeFile(path.join(out, 'manifest.json'), `${JSON.stringify(sorted(manifest), null, 2)}\n`);
for (const name of await readdir(out)) {
  if (name !== 'manifest.json' && !files.has(name)) await rm(path.join(out, name), { recursive: true });
}

for (const name of Object.values(sorted(manifest))) {
  const [raw, gz] = [files.get(name), files.get(`${name}.gz`)].map((bytes) => (bytes.length / 1024).toFixed(1));
  console.log(`${name.padEnd(24)} ${raw.padStart(7)} KB ${gz.padStart(7)} KB gzip`);
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)));
}

/** The properties panel brings Preact along, in a folder of its own. */
function carried(file) {
  return /^.*\/properties-panel\/preact(?=\/)/.exec(file)?.[0];
}

/** The licence of every package with a file in a bundle. A package without one stops the build. */
async function notices(metafile) {
  const packages = new Set();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
      if (match && bytesInOutput > 0) packages.add(carried(file) ?? match[1]);
    }
  }
  // Packages a bundle carries inside another package's file would not be seen here: see `carried`.
  const parts = [];
  for (const folder of [...packages].sort()) {
    const about = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'));
    const licence = (await readdir(path.join(here, folder))).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const id = typeof about.license === 'string' ? about.license : about.license?.type;
    if (!licence && !id) throw new Error(`${folder} states no licence`);
    const text = licence ? (await readFile(path.join(here, folder, licence), 'utf8')).trim() : '';
    const author = typeof about.author === 'string' ? about.author : about.author?.name;
    parts.push([`${about.name} ${about.version}`, `Licence: ${id ?? 'see below'}`, author && `Author: ${author}`, '', text]
      .filter((line) => line !== undefined && line !== null).join('\n').trim());
  }
  const rule = `\n\n${'-'.repeat(79)}\n\n`;
  return `The files in this folder contain the following packages.${rule}${parts.join(rule)}\n`;
}
