// Builds what browsers load into kb/web/static/dist, under names that hold a hash of the content, and a manifest.json
// {name: hashed name} for the templates. With --watch: again at each change of a source.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, watch } from "node:fs";
import { glob, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = "kb/web/static";
const dist = `${source}/dist`;
// A page may ask for each script that lies directly in js/; what they import lies in folders below. They are modules,
// and what two of them share is split off; but those of the head are none: they must run before the page is painted.
const headScripts = ["theme.js"];
const styleSheet = "main.css";
const choosableIcons = "kb/categories/icons.py";
const copies = ["swagger-ui-dist/swagger-ui.css", "swagger-ui-dist/swagger-ui-bundle.js"];

class Fault extends Error {}

async function build() {
  await mkdir(dist, { recursive: true });
  const scripts = await pageScripts();
  const parts = await Promise.all([
    bundle(scripts.filter((file) => !headScripts.includes(file)), { format: "esm", splitting: true }),
    bundle(scripts.filter((file) => headScripts.includes(file)), { format: "iife" }),
    buildStyleSheet(),
    buildIcons(),
    ...copies.map(copy),
  ]);
  const manifest = Object.assign({}, ...parts.map((part) => part.named));
  const files = new Set(parts.flatMap((part) => [...Object.values(part.named), ...part.others]));
  await checkPages(manifest);
  await writeManifest(manifest);
  await removeAllBut([...files, ...(await compress(files))]);
  await report(manifest, files);
}

async function pageScripts() {
  const entries = await readdir(`${source}/js`, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".js")).map((entry) => entry.name);
}

async function bundle(scripts, options) {
  const entryPoints = scripts.map((file) => `${source}/js/${file}`);
  const { metafile } = await esbuild.build({ ...bundling, ...options, entryPoints, plugins: [withoutStyleAttributes] });
  const named = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!entryPoints.includes(output.entryPoint)) continue;
    const { name } = path.parse(output.entryPoint);
    named[`${name}.js`] = path.relative(dist, file);
    if (output.cssBundle) named[`${name}.css`] = path.relative(dist, output.cssBundle);
  }
  return { named, others: outputsOf(metafile) };
}

// Vidstack's markup holds two style attributes, which the content policy bars; js/watch/player.css does what they did.
const withoutStyleAttributes = {
  name: "without-style-attributes",
  setup(building) {
    building.onLoad({ filter: /[\\/]vidstack[\\/]prod[\\/]chunks[\\/]/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/ style="[^"]*"/g, ""),
      loader: "js",
    }));
  },
};

// Tailwind writes the style sheet, esbuild then takes in the fonts and images that it names.
async function buildStyleSheet() {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/@tailwindcss/cli/dist/index.mjs", "--input", `${source}/css/${styleSheet}`],
    { maxBuffer: 64 * 1024 ** 2 },
  ).catch((error) => {
    throw new Fault(`Tailwind can't build ${source}/css/${styleSheet}:\n${error.stderr}`);
  });
  const { metafile } = await esbuild.build({
    ...bundling,
    stdin: { contents: stdout, resolveDir: `${root}/${source}/css`, sourcefile: styleSheet, loader: "css" },
    entryNames: `${path.parse(styleSheet).name}-[hash]`,
    plugins: [await urlsOfImports()],
  });
  const others = outputsOf(metafile);
  return { named: { [styleSheet]: others.find((file) => file.endsWith(".css")) }, others };
}

// Tailwind puts in the text of a package's style sheet but leaves its url(./file) as it was, relative to that package.
async function urlsOfImports() {
  const imported = await namesIn([`${source}/css/**/*.css`], /@import\s+["']([^"'.][^"']*)\/[^"'/]+["']/g);
  const folders = [...imported.keys()].map((folder) => path.join(root, "node_modules", folder));
  return {
    name: "urls-of-imports",
    setup(building) {
      building.onResolve({ filter: /^\./ }, ({ path: url, resolveDir }) => {
        const found = [resolveDir, ...folders].map((folder) => path.join(folder, url)).find(existsSync);
        return found ? { path: found } : undefined;
      });
    },
  };
}

const bundling = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome111", "firefox128", "safari16.4"], // as Tailwind 4
  outdir: dist,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
};

function outputsOf(metafile) {
  return Object.keys(metafile.outputs).map((file) => path.relative(dist, file));
}

// The sprite holds the icons that pages ask for by icon("name"), and those that a category may have, each as a symbol
// of that id.
async function buildIcons() {
  const users = new Map([
    ...(await namesIn([choosableIcons], /^ {4}"([^"]+)":/gm)),
    ...(await namesIn(["templates/**/*.html", `${source}/js/**/*.js`], /\bicon\(\s*["']([^"']+)["']/g)),
  ]);
  const symbols = await Promise.all([...users].sort().map(([name, user]) => symbol(name, user)));
  return emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("")}</svg>\n`);
}

// What a pattern finds in files: name -> one file that holds it.
async function namesIn(files, pattern) {
  const users = new Map();
  for await (const file of glob(files))
    for (const [, name] of (await readFile(file, "utf8")).matchAll(pattern)) users.set(name, file);
  return users;
}

async function symbol(name, user) {
  const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8").catch(() => {
    throw new Fault(`${user} asks for the icon "${name}", which lucide doesn't have.`);
  });
  const [, attributes, shapes] = svg.match(/<svg([^>]*)>(.*)<\/svg>/s);
  const kept = [...attributes.matchAll(/\b(viewBox|fill|stroke[a-z-]*)="[^"]*"/g)].map(([attribute]) => attribute);
  return `<symbol id="${name}" ${kept.join(" ")}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>\n`;
}

async function copy(file) {
  const text = await readFile(`node_modules/${file}`, "utf8");
  return emit(path.basename(file), text.replace(/\/[/*]# sourceMappingURL=.*$/m, ""));
}

async function emit(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()}${ext}`;
  await writeFile(`${dist}/${hashed}`, content);
  return { named: { [name]: hashed }, others: [] };
}

async function checkPages(manifest) {
  for (const [name, user] of await namesIn(["templates/**/*.html"], /\basset\(\s*["']([^"']+)["']/g))
    if (!(name in manifest)) throw new Fault(`${user} asks for ${name}, but no such file lies in ${source}/js or css.`);
}

async function writeManifest(manifest) {
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  await writeFile(`${dist}/manifest.json.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${dist}/manifest.json.new`, `${dist}/manifest.json`);
}

// Beside what a browser loads as text, the same compressed once and for all (kb/web/assets.py sends it).
async function compress(files) {
  const texts = [...files].filter((file) => /\.(js|css|svg)$/.test(file));
  await Promise.all(
    texts.map(async (file) =>
      writeFile(`${dist}/${file}.gz`, gzipSync(await readFile(`${dist}/${file}`), { level: 9 })),
    ),
  );
  return texts.map((file) => `${file}.gz`);
}

async function removeAllBut(files) {
  const kept = new Set([...files, "manifest.json", ".stamp"]);
  for (const file of await readdir(dist)) if (!kept.has(file)) await rm(`${dist}/${file}`, { recursive: true });
}

async function report(manifest, files) {
  const names = new Map(Object.entries(manifest).map(([name, hashed]) => [hashed, name]));
  const rows = new Map();
  for (const file of files) {
    if (file.endsWith(".LEGAL.txt")) continue;
    const name = names.get(file) ?? file.replace(/^part-.*/, "what modules share or load later");
    const content = await readFile(`${dist}/${file}`);
    const { size, gz } = rows.get(name) ?? { size: 0, gz: 0 };
    rows.set(name, { size: size + content.length, gz: gz + gzipSync(content).length });
  }
  const line = (name, size, gz) => console.log(`${name.padEnd(48)}${size.padStart(9)}${gz.padStart(9)}`);
  line("", "kB", "kB gz");
  for (const [name, { size, gz }] of [...rows].sort(([, a], [, b]) => b.gz - a.gz))
    line(name, (size / 1000).toFixed(1), (gz / 1000).toFixed(1));
}

async function buildOrExplain() {
  try {
    await build();
    return true;
  } catch (error) {
    // esbuild has already printed its own.
    if (!error.errors) console.error(error instanceof Fault ? error.message : error);
    return false;
  }
}

async function watchSources() {
  let again = false;
  let building = false;
  const change = async () => {
    again = true;
    if (building) return;
    building = true;
    while (again) {
      again = false;
      await new Promise((resolve) => setTimeout(resolve, 100)); // editors write in several steps
      if (await buildOrExplain()) console.log("Built. Waiting for changes.");
    }
    building = false;
  };
  for (const folder of ["templates", `${source}/css`, `${source}/js`]) watch(folder, { recursive: true }, change);
  watch(choosableIcons, change);
  await change();
}

process.chdir(root);
if (process.argv.includes("--watch")) await watchSources();
else if (!(await buildOrExplain())) process.exitCode = 1;
