/**
 * `npm test`: the light suites; `npm run test:heavy`: the heavy ones. What follows goes to vitest: `npm test -- src/flow -t gap`.
 * The last line is the count. With TEST_COUNTS=FILE the count is also left in FILE, so that `npm run check` need not
 * run the light suites once more.
 */
import { writeFile } from 'node:fs/promises';
import { runTests, summary } from './tests.mjs';

const [project, ...args] = process.argv.slice(2);
const counts = await runTests(project, args);
if (process.env.TEST_COUNTS) await writeFile(process.env.TEST_COUNTS, JSON.stringify(counts));
console.log(summary(counts));
process.exit(counts.failed === 0 ? 0 : 1); // not exitCode: a worker that does not end must not keep the run open
