// What steps tell the runner: workflow commands on their output, and the files behind GITHUB_OUTPUT and its like.

import { Unmodelled } from "./refusals.mjs";

const LEVELS = { error: "failure", warning: "warning", notice: "notice" };
const HARMLESS = ["debug", "group", "endgroup", "echo"];
const UNMODELLED = ["set-output", "save-state", "set-env", "add-path", "add-matcher", "remove-matcher"];
const SUMMARY_LIMIT = 1024 * 1024;

/** What must not be shown. */
export class Masks {
  #values = new Set();

  add(value) {
    for (const line of String(value).split(/\r?\n/)) if (line.trim() !== "") this.#values.add(line);
  }

  hide(text) {
    const longestFirst = [...this.#values].sort((one, other) => other.length - one.length);
    return longestFirst.reduce((shown, value) => shown.replaceAll(value, "***"), text);
  }
}

/** Obeys the commands in a step's output: {log, annotations}. What was printed before its mask stays readable. */
export function readOutput(output, masks, where) {
  const annotations = [];
  let resumeToken;
  const shown = output.split("\n").map((line) => {
    const command = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/.exec(line.replace(/\r$/, ""));
    if (command === null) return masks.hide(line);
    const [name, properties, message] = [command[1].toLowerCase(), command[2], unescapeData(command[3])];
    if (resumeToken !== undefined) {
      if (command[1] === resumeToken) resumeToken = undefined;
    } else if (name === "stop-commands") {
      resumeToken = message;
    } else if (name === "add-mask") {
      masks.add(message);
    } else if (name in LEVELS) {
      annotations.push(annotation(name, message, readProperties(properties), masks));
    } else if (UNMODELLED.includes(name)) {
      throw new Unmodelled(`${where}: the workflow command '${name}' is not modelled`);
    } else if (!HARMLESS.includes(name)) {
      return masks.hide(line);
    }
    return masks.hide(line);
  });
  return { log: shown.join("\n"), annotations };
}

/** An annotation that the runner or a step makes: {level, message, title?, path?, line?, …}. */
export function annotation(name, message, properties = {}, masks = new Masks()) {
  const { file, title, line, endLine, col, endColumn } = properties;
  const numbers = { line, end_line: endLine, column: col, end_column: endColumn };
  return {
    level: LEVELS[name],
    message: masks.hide(message),
    title: title === undefined ? null : masks.hide(title),
    path: file ?? null,
    ...Object.fromEntries(
      Object.entries(numbers).map(([key, value]) => [key, value === undefined ? null : Number(value)]),
    ),
  };
}

function readProperties(text = "") {
  const pairs = text
    .split(",")
    .map((pair) => /^\s*([^=]+)=(.*)$/.exec(pair))
    .filter((pair) => pair !== null);
  return Object.fromEntries(pairs.map(([, key, value]) => [key.trim(), unescapeProperty(value)]));
}

function unescapeData(text) {
  return text.replace(/%0D/gi, "\r").replace(/%0A/gi, "\n").replace(/%25/g, "%");
}

function unescapeProperty(text) {
  return text
    .replace(/%0D/gi, "\r")
    .replace(/%0A/gi, "\n")
    .replace(/%3A/gi, ":")
    .replace(/%2C/gi, ",")
    .replace(/%25/g, "%");
}

/** NAME=VALUE lines and NAME<<DELIMITER blocks. */
export function readPairs(text) {
  const lines = text.split(/\r?\n/);
  const pairs = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === "") continue;
    const [equals, heredoc] = [line.indexOf("="), line.indexOf("<<")];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else if (heredoc > 0 && line.length > heredoc + 2) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs.push([line.slice(0, heredoc), lines.slice(index + 1, end).join("\n")]);
      index = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return pairs;
}

/** The part of a job's summary that one step wrote; one that is too long is dropped whole, with an error. */
export function readSummary(text, masks) {
  const size = Buffer.byteLength(text);
  if (size <= SUMMARY_LIMIT) return { summary: masks.hide(text), annotations: [] };
  const sizes = `up to a size of ${SUMMARY_LIMIT / 1024}k, got ${Math.floor(size / 1024)}k`;
  return {
    summary: "",
    annotations: [annotation("error", `$GITHUB_STEP_SUMMARY upload aborted, supports content ${sizes}.`)],
  };
}
