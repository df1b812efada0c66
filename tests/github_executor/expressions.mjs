// Values of templates: GitHub's own expression engine, applied to tokens of GitHub's own parser.

import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { TokenType } from "@actions/expressions/lexer";
import { isSequence } from "@actions/workflow-parser";

/** An expression has no value of the kind that is wanted here; the job or step that holds it fails. */
export class EvaluationError extends Error {}

const STATUS_FUNCTIONS = ["always", "cancelled", "failure", "success"];

/**
 * What an expression sees.
 * @param contexts names to plain JavaScript values
 * @param status what always(), cancelled(), failure() and success() answer, where a condition may ask
 * @param hashFiles (patterns) => string, where there is a workspace
 */
export function scope(contexts, status = {}, hashFiles = undefined) {
  const functions = new Map();
  for (const name of STATUS_FUNCTIONS) {
    functions.set(name, { name, minArgs: 0, maxArgs: 0, call: () => toData(status[name]()) });
  }
  const hash = (...patterns) => toData(hashFiles(patterns.map((pattern) => pattern.coerceString())));
  functions.set("hashfiles", { name: "hashfiles", minArgs: 1, maxArgs: 255, call: hash });
  return { contexts, functions };
}

/** The value of a token, with all expressions in it, as a plain JavaScript value. */
export function valueOf(token, scope) {
  if (token === undefined) return undefined;
  if (token.isExpression) return evaluate(token.expression, scope);
  if (token.isLiteral) return token.value ?? null;
  if (isSequence(token)) {
    return [...token].map((item) => valueOf(item, scope));
  }
  return Object.fromEntries([...token].map(({ key, value }) => [textOf(key, scope), valueOf(value, scope)]));
}

/** Whether a condition holds. The parser has already put success() in front of one without a status function. */
export function holds(condition, scope) {
  return truthy(evaluateData(condition.expression, scope));
}

/** The value of a token where the schema wants a string: scalars become one, structures are refused as on GitHub. */
export function textOf(token, scope) {
  return text(valueOf(token, scope), token);
}

export function text(value, token = undefined) {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    throw new EvaluationError(`${placed(token)}A ${Array.isArray(value) ? "sequence" : "mapping"} was not expected`);
  }
  return toData(value).coerceString();
}

/** The value where the schema wants a boolean or number: no other kind is converted, as on GitHub. */
export function typedOf(kind, token, scope) {
  const value = valueOf(token, scope);
  if (typeof value !== kind) throw new EvaluationError(`${placed(token)}Unexpected value '${describe(value)}'`);
  return value;
}

/** A mapping of strings: env, with, outputs, defaults.run. */
export function textsOf(token, scope) {
  if (token === undefined) return {};
  if (token.isExpression) {
    const value = valueOf(token, scope);
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw new EvaluationError(`${placed(token)}Unexpected value '${describe(value)}'`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item, token)]));
  }
  return Object.fromEntries([...token].map(({ key, value }) => [textOf(key, scope), textOf(value, scope)]));
}

function evaluate(expression, scope) {
  return fromData(evaluateData(expression, scope));
}

function evaluateData(expression, { contexts, functions }) {
  const known = Object.keys(contexts);
  try {
    const tree = new Parser(tokensOf(expression), known, [...functions.values()]).parse();
    const lookup = { get: (name) => toData(contexts[known.find((key) => key.toLowerCase() === name.toLowerCase())]) };
    return new Evaluator(tree, lookup, functions).evaluate();
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    throw new EvaluationError(`${error.message} (in '${expression}')`);
  }
}

/** The tokens of an expression. The package's lexer leaves all but the first doubled quote of a string doubled. */
function tokensOf(expression) {
  const { tokens } = new Lexer(expression).lex();
  const isString = ({ type }) => type === TokenType.STRING;
  return tokens.map((token) =>
    isString(token) ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token,
  );
}

function toData(value) {
  return value === undefined ? new data.Null() : JSON.parse(JSON.stringify(value), data.reviver);
}

function fromData(value) {
  return JSON.parse(JSON.stringify(value, data.replacer) ?? "null");
}

function truthy(value) {
  if (value.kind === data.Kind.Null) return false;
  return value.primitive ? Boolean(value.value) : true;
}

function describe(value) {
  return value === null || typeof value !== "object" ? text(value) : JSON.stringify(value);
}

function placed(token) {
  return token?.line === undefined ? "" : `(Line: ${token.line}, Col: ${token.col}) `;
}
