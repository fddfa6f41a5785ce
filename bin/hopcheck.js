#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
import(main.href).catch((error) => {
  process.stderr.write(
    existsSync(main) ? `hopcheck: ${error?.stack ?? error}\n` : 'hopcheck is not built yet: npm ci does it, npm run build does it again\n',
  );
  process.exitCode = 2; // an uncaught exception would exit with 1, which means findings
});
