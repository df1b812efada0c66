// What the token of a job may do, and whether a called workflow asks for more than its caller may give.

import { isMapping } from "@actions/workflow-parser";

import { Invalid } from "./refusals.mjs";

const LEVELS = ["none", "read", "write"];
const SCOPES = [
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "code-quality",
  "contents",
  "deployments",
  "discussions",
  "issues",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
];

/** The permissions that 'permissions:' gives; undefined where there is no such key. What is not named is not given. */
export function permissionsOf(token) {
  if (token === undefined) return undefined;
  if (!isMapping(token)) return everything(String(token).replace("-all", ""));
  return Object.fromEntries([...token].map(({ key, value }) => [String(key), String(value)]));
}

/** A repository's setting for workflows that ask for nothing: 'read' (the default of new repositories) or 'write'. */
export function defaultPermissions(setting) {
  return setting === "write" ? everything("write") : { contents: "read", packages: "read" };
}

/** Refuses, as GitHub does before any job starts and whatever a job's 'if' says, what goes past the caller's grant. */
export function checkGrant(requested, granted, subject, caller) {
  if (requested === undefined) return;
  const over = Object.keys(requested).filter((scope) => level(requested, scope) > level(granted, scope));
  if (over.length === 0) return;
  const list = (permissions) => over.map((scope) => `${scope}: ${permissions[scope] ?? "none"}`).join(", ");
  const words = `${subject} is requesting '${list(requested)}', but is only allowed '${list(granted)}'.`;
  throw new Invalid(`${caller.at}: Error calling workflow '${caller.uses}'. ${words}`);
}

function everything(level) {
  const all = Object.fromEntries(SCOPES.map((scope) => [scope, level]));
  // There is nothing to read of a token for other services.
  return level === "write" ? { ...all, "id-token": "write" } : all;
}

function level(permissions, scope) {
  return LEVELS.indexOf(permissions[scope] ?? "none");
}
