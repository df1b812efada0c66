// Lets Node find GitHub's packages where the driver installed them, outside the repository, and read the JSON files that
// they import without saying so.

import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const packages = pathToFileURL(join(process.env.EXECUTOR_PACKAGES, "package.json")).href;

registerHooks({
  resolve(specifier, context, next) {
    return next(specifier, specifier.startsWith("@actions/") ? { ...context, parentURL: packages } : context);
  },
  load(url, context, next) {
    return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
  },
});
