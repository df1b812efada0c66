// The legs of a matrix job.

import { EvaluationError, text, typedOf, valueOf } from "./expressions.mjs";

/** The legs of a job, each {matrix, strategy, segments}: segments are what the leg's name shows in brackets. */
export function legsOf(job, scope) {
  const { strategy } = job;
  const failFast = strategy?.failFast === undefined ? true : typedOf("boolean", strategy.failFast, scope);
  const limit = strategy?.maxParallel === undefined ? undefined : typedOf("number", strategy.maxParallel, scope);
  const combinations =
    strategy?.matrix === undefined ? [{ matrix: null, segments: [] }] : expand(valueOf(strategy.matrix, scope));
  const total = combinations.length;
  return combinations.map((leg, index) => ({
    ...leg,
    index,
    strategy: { "fail-fast": failFast, "job-index": index, "job-total": total, "max-parallel": limit ?? total },
  }));
}

function expand(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new EvaluationError(`Unexpected value '${Array.isArray(value) ? "Array" : text(value)}' for the matrix`);
  }
  const { include = [], exclude = [], ...vectors } = value;
  check(vectors, include, exclude);
  const crossed = cross(vectors).filter((matrix) => !exclude.some((filter) => matches(filter, matrix)));
  const used = new Set();
  const legs = crossed.map((matrix) => {
    const extra = {};
    include.forEach((item, position) => {
      const [filter, added] = split(item, vectors);
      if (!matches(filter, matrix)) return;
      used.add(position);
      Object.assign(extra, added);
    });
    return { matrix: { ...matrix, ...extra }, segments: leaves(matrix) };
  });
  include.forEach((item, position) => {
    if (!used.has(position)) legs.push({ matrix: item, segments: leaves(ordered(item, vectors)) });
  });
  // Where 'exclude' leaves nothing, the job runs once without a matrix.
  return legs.length === 0 ? [{ matrix: null, segments: [] }] : legs;
}

function check(vectors, include, exclude) {
  for (const [name, values] of Object.entries({ ...vectors, include, exclude })) {
    if (!Array.isArray(values)) throw new EvaluationError(`A sequence was expected for the matrix's '${name}'`);
  }
  for (const [name, values] of Object.entries(vectors)) {
    if (values.length === 0) throw new EvaluationError(`Matrix vector '${name}' does not contain any values`);
  }
  if (Object.keys(vectors).length === 0 && include.length === 0) {
    throw new EvaluationError("Matrix must define at least one vector");
  }
  for (const filter of exclude) {
    for (const key of Object.keys(filter)) {
      if (!(key in vectors))
        throw new EvaluationError(`Matrix exclude key '${key}' does not match any key within the matrix`);
    }
  }
}

/** All combinations; the first key turns slowest. */
function cross(vectors) {
  const names = Object.keys(vectors);
  if (names.length === 0) return [];
  return names.reduce(
    (rows, name) => rows.flatMap((row) => vectors[name].map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}

/** An include adds to the combinations whose original values it does not contradict. */
function split(item, vectors) {
  const entries = Object.entries(item);
  const isFilter = ([key]) => key in vectors;
  return [
    Object.fromEntries(entries.filter(isFilter)),
    Object.fromEntries(entries.filter((entry) => !isFilter(entry))),
  ];
}

function ordered(item, vectors) {
  return Object.assign({}, ...split(item, vectors));
}

/** A filter holds when each of its leaves equals the leaf at the same place. */
function matches(filter, value) {
  if (filter === null || typeof filter !== "object") return filter === value;
  if (value === null || typeof value !== "object") return false;
  return Object.entries(filter).every(([key, wanted]) => matches(wanted, value[key]));
}

function leaves(value) {
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(leaves);
  return [text(value)].filter((segment) => segment !== "");
}
