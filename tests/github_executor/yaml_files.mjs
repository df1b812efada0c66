// Files as GitHub's own parser and schema read them, and a reader of mappings that refuses every key it was not told of.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  isString,
  NoOperationTraceWriter,
  parseWorkflow,
} from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { ensureStatusFunction } from "@actions/workflow-parser/model/converter/if-condition";

import { Invalid, Unmodelled } from "./refusals.mjs";

/**
 * Reads a workflow as the schema, the graph of needs and the ids allow it.
 * @param source {repository, ref, sha, folder}: the commit that holds the file
 */
export async function parseWorkflowFile(source, path) {
  const { context, value } = parse(parseWorkflow, source, path);
  await convertWorkflowTemplate(context, value);
  refuseErrors(context);
  return value;
}

export function parseActionFile(folder, path, label) {
  const { context, value } = parse(parseAction, { folder, label }, path);
  refuseErrors(context);
  return value;
}

/** The values of a mapping by key. A key that is not among the known ones is refused, with its place. */
export function fields(mapping, known, path) {
  if (!isMapping(mapping)) throw new Unmodelled(`${place(mapping, path)}: an expression in place of a mapping`);
  const found = {};
  for (const { key, value } of mapping) {
    if (!isString(key)) throw new Unmodelled(`${place(key, path)}: an expression as a key`);
    if (!known.includes(key.value)) throw new Unmodelled(`${place(key, path)}: '${key.value}' is not modelled`);
    found[key.value] = value;
  }
  return found;
}

/** A condition as an expression, with success() in front of one that asks for no status. */
export function condition(token) {
  const text = token === undefined ? "" : token.isExpression ? token.expression : String(token).trim();
  return { expression: text === "" ? "success()" : ensureStatusFunction(text, token.definitionInfo) };
}

/** Where a token is, for messages. */
export function place(token, path) {
  return token?.line === undefined ? path : `${path} (Line: ${token.line}, Col: ${token.col})`;
}

function parse(parser, { folder, label }, path) {
  const content = readFileSync(join(folder, path), "utf8");
  const result = parser({ name: label ?? path, content }, new NoOperationTraceWriter());
  refuseErrors(result.context);
  refuseInsertions(result.value, label ?? path);
  return result;
}

/** '${{ insert }}' as a key puts the pairs of another mapping there: nothing here could see all keys. */
function refuseInsertions(token, path) {
  if (isMapping(token)) {
    for (const { key, value } of token) {
      if (key.isExpression && key.expression === undefined)
        throw new Unmodelled(`${place(key, path)}: 'insert' is not modelled`);
      refuseInsertions(value, path);
    }
  } else if (isSequence(token)) {
    for (const item of token) refuseInsertions(item, path);
  }
}

function refuseErrors(context) {
  const errors = context.errors.getErrors().map((error) => error.message);
  if (errors.length > 0) throw new Invalid([...new Set(errors)].join("\n"));
}
