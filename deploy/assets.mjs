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

// The scripts that a page may ask for. What modules import is bundled, and what two of them share is split off. A script
// of the head is no module, because it must run before the page is painted.
const modules = ["main", "watch", "docs"];
const headScripts = ["theme"];
const styles = ["main"];
const scriptFile = (name) => `${source}/js/${name}.js`;
const styleFile = (name) => `${source}/css/${name}.css`;
const copies = ["swagger-ui-dist/swagger-ui.css", "swagger-ui-dist/swagger-ui-bundle.js"];
const target = ["es2022", "chrome111", "firefox128", "safari16.4"];

class Fault extends Error {}

async function build() {
  const sources = [...modules.map(scriptFile), ...headScripts.map(scriptFile), ...styles.map(styleFile)];
  const missing = sources.filter((file) => !existsSync(file));
  if (missing.length) throw new Fault(`The assets can't be built without ${missing.join(", ")}.`);
  await mkdir(dist, { recursive: true });
  const parts = await Promise.all([
    buildModules(),
    buildHeadScripts(),
    ...styles.map(buildStyle),
    buildIcons(),
    ...copies.map(copy),
  ]);
  const manifest = Object.assign({}, ...parts.map((part) => part.named));
  const files = new Set(parts.flatMap((part) => [...Object.values(part.named), ...part.others]));
  await writeManifest(manifest);
  await removeAllBut(files);
  await report(manifest, files);
}

async function buildModules() {
  const entryPoints = modules.map(scriptFile);
  const built = await esbuild.build({ ...bundling, entryPoints, format: "esm", splitting: true });
  return outputsOf(built.metafile);
}

async function buildHeadScripts() {
  const built = await esbuild.build({ ...bundling, entryPoints: headScripts.map(scriptFile), format: "iife" });
  return outputsOf(built.metafile);
}

// Tailwind writes the style sheet, esbuild then takes in the fonts and images that it names.
async function buildStyle(name) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/@tailwindcss/cli/dist/index.mjs", "--input", styleFile(name)],
    { maxBuffer: 64 * 1024 ** 2 },
  ).catch((error) => {
    throw new Fault(`Tailwind can't build ${styleFile(name)}:\n${error.stderr}`);
  });
  const built = await esbuild.build({
    ...bundling,
    stdin: { contents: stdout, resolveDir: `${root}/${source}/css`, sourcefile: `${name}.css`, loader: "css" },
    entryNames: `${name}-[hash]`,
    plugins: [await urlsOfImports()],
  });
  const { others } = outputsOf(built.metafile);
  return { named: { [`${name}.css`]: others.find((file) => file.endsWith(".css")) }, others };
}

// Tailwind puts in the text of a package's style sheet but leaves its url(./file) as it was, relative to that package.
async function urlsOfImports() {
  const folders = [];
  for await (const file of glob(`${source}/css/**/*.css`))
    for (const [, folder] of (await readFile(file, "utf8")).matchAll(/@import\s+["']([^"'.][^"']*)\/[^"'/]+["']/g))
      folders.push(path.join(root, "node_modules", folder));
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
  for await (const file of glob(["templates/**/*.html", `${source}/js/**/*.js`]))
    for (const [, name] of (await readFile(file, "utf8")).matchAll(/\bicon\(\s*["']([^"']+)["']/g))
      users.set(name, file);
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

async function writeManifest(manifest) {
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  await writeFile(`${dist}/manifest.json.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${dist}/manifest.json.new`, `${dist}/manifest.json`);
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
  await change();
}

process.chdir(root);
if (process.argv.includes("--watch")) await watchSources();
else if (!(await buildOrExplain())) process.exitCode = 1;
