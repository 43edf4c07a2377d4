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

// One script a page may ask for; what they import is bundled, and what two of them share is split off by itself.
const scripts = ["main", "watch", "docs"];
const styles = ["main"];
const copies = { "swagger-ui.css": "swagger-ui-dist/swagger-ui.css", "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js" };
const target = ["es2022", "chrome111", "firefox128", "safari16.4"];

class Fault extends Error {}

async function build() {
  const missing = [...scripts.map((name) => `${source}/js/${name}.js`), ...styles.map((name) => `${source}/css/${name}.css`)]
    .filter((file) => !existsSync(file));
  if (missing.length) throw new Fault(`The assets can't be built without ${missing.join(", ")}.`);
  await mkdir(dist, { recursive: true });
  const parts = await Promise.all([buildScripts(), ...styles.map(buildStyle), buildIcons(), ...Object.entries(copies).map(copy)]);
  const manifest = Object.assign({}, ...parts.map((part) => part.named));
  const files = new Set(parts.flatMap((part) => [...Object.values(part.named), ...part.others]));
  await writeManifest(manifest);
  await removeAllBut(files);
  await report(manifest, files);
}

async function buildScripts() {
  const result = await esbuild.build({
    ...bundling,
    entryPoints: scripts.map((name) => `${source}/js/${name}.js`),
    format: "esm",
    splitting: true,
  });
  return outputsOf(result.metafile);
}

// Tailwind writes the style sheet, esbuild then takes in the fonts and images that it names.
async function buildStyle(name) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/@tailwindcss/cli/dist/index.mjs", "--input", `${source}/css/${name}.css`],
    { maxBuffer: 64 * 1024 ** 2 },
  ).catch((error) => {
    throw new Fault(`Tailwind can't build ${source}/css/${name}.css:\n${error.stderr}`);
  });
  const result = await esbuild.build({
    ...bundling,
    stdin: { contents: stdout, resolveDir: `${root}/${source}/css`, sourcefile: `${name}.css`, loader: "css" },
    entryNames: `${name}-[hash]`,
  });
  const { others } = outputsOf(result.metafile);
  const sheet = others.find((file) => file.endsWith(".css"));
  return { named: { [`${name}.css`]: sheet }, others };
}

const bundling = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target,
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
  const named = {};
  const others = [];
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const hashed = path.relative(dist, file);
    others.push(hashed);
    if (output.entryPoint?.startsWith(source)) named[path.basename(output.entryPoint)] = hashed;
    if (output.cssBundle) named[`${path.parse(output.entryPoint).name}.css`] ??= path.relative(dist, output.cssBundle);
  }
  return { named, others };
}

// The sprite holds the icons that pages ask for by icon("name"), each as a symbol of that id.
async function buildIcons() {
  const users = new Map();
  for await (const file of glob(["templates/**/*.html", "templates/**/*.svg", `${source}/js/**/*.js`], { cwd: root }))
    for (const [, name] of (await readFile(file, "utf8")).matchAll(/\bicon\(\s*["']([^"']+)["']/g)) users.set(name, file);
  const symbols = await Promise.all([...users.keys()].sort().map((name) => symbol(name, users.get(name))));
  return emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("")}</svg>\n`);
}

async function symbol(name, user) {
  const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8").catch(() => {
    throw new Fault(`${user} asks for the icon "${name}", which lucide doesn't have.`);
  });
  const [, attributes, shapes] = svg.match(/<svg([^>]*)>(.*)<\/svg>/s);
  const kept = [...attributes.matchAll(/\b(viewBox|fill|stroke[a-z-]*)="[^"]*"/g)].map(([attribute]) => attribute);
  return `<symbol id="${name}" ${kept.join(" ")}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>\n`;
}

async function copy([name, from]) {
  const text = await readFile(`node_modules/${from}`, "utf8");
  return emit(name, text.replace(/\/[/*]# sourceMappingURL=.*$/m, ""));
}

async function emit(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()}${ext}`;
  await writeFile(`${dist}/${hashed}`, content);
  return { named: { [name]: hashed }, others: [] };
}

async function writeManifest(manifest) {
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  await writeFile(`${dist}/manifest.json.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${dist}/manifest.json.new`, `${dist}/manifest.json`);
}

async function removeAllBut(files) {
  for (const file of await readdir(dist))
    if (!files.has(file) && !["manifest.json", ".stamp"].includes(file)) await rm(`${dist}/${file}`, { recursive: true });
}

async function report(manifest, files) {
  const names = new Map(Object.entries(manifest).map(([name, hashed]) => [hashed, name]));
  const rows = await Promise.all([...files].filter((file) => !file.endsWith(".LEGAL.txt")).map(async (file) => {
    const content = await readFile(`${dist}/${file}`);
    return { name: names.get(file) ?? file, bytes: content.length, gz: gzipSync(content).length };
  }));
  const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
  console.log(`${"file".padEnd(44)}      kB   kB gz`);
  for (const row of rows.sort((a, b) => b.gz - a.gz)) console.log(`${row.name.padEnd(44)}${kB(row.bytes)}${kB(row.gz)}`);
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
  await change();
}

process.chdir(root);
if (process.argv.includes("--watch")) await watchSources();
else if (!(await buildOrExplain())) process.exitCode = 1;
