// Files by patterns, as GitHub's own actions and hashFiles() find them.

import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, normalize, resolve, sep } from "node:path";

/**
 * @param patterns one a line; '#' begins a comment, '!' takes matches away again; a folder means all that is in it
 * @param root what relative patterns start from
 * @param hidden whether names that begin with a dot count
 * @returns {files, searchPaths}: the folders or files that were searched, without those inside one another
 */
export function findFiles(patterns, { root, hidden }) {
  const lines = patterns
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const parsed = lines.map((line) => parse(line, root));
  const bases = [...new Set(parsed.filter((pattern) => !pattern.isNegated).map((pattern) => pattern.base))];
  const searchPaths = bases.filter(
    (base) =>
      !bases.some((other) => other !== base && `${base}${sep}`.startsWith(other === sep ? sep : `${other}${sep}`)),
  );
  const files = searchPaths.flatMap((path) => walk(path, hidden, [])).filter((file) => isWanted(file, parsed));
  return { files: [...new Set(files)], searchPaths };
}

/** The folder below which an artifact's files keep their paths. */
export function artifactRoot({ files, searchPaths }) {
  if (searchPaths.length > 1) return commonFolder(searchPaths);
  return files.length === 1 && files[0] === searchPaths[0] ? dirname(files[0]) : searchPaths[0];
}

/** A pattern of one name, such as an artifact's. */
export function nameMatches(pattern, name) {
  return new RegExp(`^${segment(pattern)}$`).test(name);
}

function parse(line, root) {
  const isNegated = line.startsWith("!");
  const text = isNegated ? line.slice(1).trim() : line;
  const home = text === "~" || text.startsWith("~/") ? `${process.env.HOME}${text.slice(1)}` : text;
  const parts = normalize(resolve(root, home)).split(sep);
  const firstGlob = parts.findIndex((part) => /[*?[]/.test(part));
  const base = (firstGlob < 0 ? parts : parts.slice(0, firstGlob)).join(sep) || sep;
  const body = parts.map((part, index) => {
    if (part === "**") return index === 0 ? "(?:.*)" : "(?:/.*)?";
    return index === 0 ? segment(part) : `/${segment(part)}`;
  });
  // A trailing slash asks for a folder; what is in it follows in either case.
  const folderOnly = /[^/]\/$/.test(text);
  return { isNegated, base, matcher: new RegExp(`^${body.join("")}${folderOnly ? "/.*" : "(?:/.*)?"}$`) };
}

function isWanted(file, parsed) {
  return parsed.reduce((wanted, { isNegated, matcher }) => (matcher.test(file) ? !isNegated : wanted), false);
}

/** A hidden search path is left out like any other hidden name; one inside a hidden folder is not. */
function walk(path, hidden, chain) {
  if (!existsSync(path) || (!hidden && basename(path).startsWith("."))) return [];
  if (!statSync(path).isDirectory()) return [path];
  const real = realpathSync(path);
  if (chain.includes(real)) return [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => walk(join(path, name), hidden, [...chain, real]));
}

function commonFolder(paths) {
  const parts = paths.map((path) => path.split(sep));
  const end = parts[0].findIndex((part, index) => parts.some((other) => other[index] !== part));
  return (end < 0 ? parts[0] : parts[0].slice(0, end)).join(sep) || sep;
}

function segment(pattern) {
  return pattern.replace(/\[[^\]]*\]|[*?.+^$(){}|\\]/g, (found) => {
    if (found === "*") return "[^/]*";
    if (found === "?") return "[^/]";
    if (found.startsWith("[")) return found.replace(/^\[!/, "[^");
    return `\\${found}`;
  });
}
