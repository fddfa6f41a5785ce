/** Runs vitest, for test.mjs and check.mjs, and counts what came of it. */
import { parseCLI, startVitest } from 'vitest/node';

/**
 * Runs the suites of a vitest project ('light' or 'heavy') with more arguments as vitest takes them; resolves to
 * { passed, failed, skipped: [reason], files: [{ name, seconds }] }. A file that cannot be loaded, an error outside of any test
 * and a run without a test count as failed, although no test did.
 */
export async function runTests(project, args) {
  const { filter, options } = parseCLI(['vitest', 'run', '--project', project, ...args]);
  const vitest = await startVitest('test', filter, options);
  const modules = vitest.state.getTestModules();
  const results = modules.flatMap((module) => Array.from(module.children.allTests(), (test) => test.result()));
  const inState = (state) => results.filter((result) => result.state === state);
  const broken = modules.filter((module) => module.state() === 'failed' && module.children.allTests('failed').next().done);
  const outside = vitest.state.getUnhandledErrors();
  await vitest.close();
  const passed = inState('passed').length;
  const failed = inState('failed').length + broken.length + outside.length;
  return {
    passed,
    failed: results.length === 0 && failed === 0 ? 1 : failed,
    skipped: inState('skipped').map((result) => result.note ?? 'no reason given'),
    files: modules.map((module) => ({ name: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 })),
  };
}

/** How every run ends: what was skipped and why, and in the last line the count. */
export function summary({ passed, failed, skipped }) {
  const reasons = [...new Set(skipped)].map((reason) => `${skipped.filter((other) => other === reason).length} skipped: ${reason}`);
  return [...reasons, `${passed} passed, ${failed} failed`].join('\n');
}
