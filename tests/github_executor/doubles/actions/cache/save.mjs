import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { input, main, warning } from "../../double.mjs";
import { cachePaths, entries, newEntry } from "./store.mjs";

main(() => {
  const key = process.env.STATE_key ?? input("key");
  if (process.env.STATE_matched === key) {
    console.log(`Cache hit occurred on the primary key ${key}, not saving cache.`);
    return;
  }
  const paths = cachePaths();
  if (!paths.some(existsSync)) {
    warning(
      "Path Validation Error: Path(s) specified in the action for caching do(es) not exist, " +
        "hence no cache is being saved.",
    );
    return;
  }
  if (entries().some((entry) => entry.key === key)) {
    // Another job was first; the real action only says so.
    console.log(`Failed to save: Unable to reserve cache with key ${key}, another job may be creating this cache.`);
    return;
  }
  const folder = newEntry();
  paths.forEach((path, index) => {
    if (existsSync(path)) cpSync(path, join(folder, String(index)), { recursive: true });
  });
  writeFileSync(join(folder, "key"), key);
  console.log(`Cache saved with key: ${key}`);
});
