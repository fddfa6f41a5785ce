/** Runs vitest, for test.mjs and check.mjs, and counts what came of it. */
import { parseCLI, startVitest } from 'vitest/node';

/**
 * Runs the suites of a vitest project ('light' or 'heavy') with more arguments as vitest takes them; resolves to
 * { passed, failed, failures: [text], skipped: [reason], files: [{ name, seconds }] }. A file that cannot be loaded, an error
 * outside of any test and a run without a test count as failed, although no test did.
 */
export async function runTests(project, args) {
  const { filter, options } = parseCLI(['vitest', 'run', '--project', project, ...args]);
  const vitest = await startVitest('test', filter, options);
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const results = tests.map((test) => test.result());
  const inState = (state) => results.filter((result) => result.state === state);
  const broken = modules.filter((module) => module.state() === 'failed' && module.children.allTests('failed').next().done);
  const outside = vitest.state.getUnhandledErrors();
  await vitest.close();
  const passed = inState('passed').length;
  const failures = [
    ...tests.filter((test) => test.result().state === 'failed').map((test) => failure(test.module, test.fullName, test.result().errors)),
    ...broken.map((module) => failure(module, 'cannot be loaded', module.errors())),
    ...outside.map((error) => `outside of any test: ${shortly(error)}`),
  ];
  if (results.length === 0 && failures.length === 0) failures.push('there was no test');
  return {
    passed,
    failed: failures.length,
    failures,
    skipped: inState('skipped').map((result) => result.note ?? 'no reason given'),
    files: modules.map((module) => ({ name: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 })),
  };
}

/** How every run ends: what failed, what was skipped and why, and in the last line the count. */
export function summary({ passed, failed, failures, skipped }) {
  const reasons = [...new Set(skipped)].map((reason) => `${skipped.filter((other) => other === reason).length} skipped: ${reason}`);
  return [...failures.map((text) => `FAILED ${text}`), ...reasons, `${passed} passed, ${failed} failed`].join('\n');
}

function failure(module, name, errors) {
  return [`${module.relativeModuleId}: ${name}`, ...errors.map(shortly)].join('\n  ');
}

/** The start of what an error says: of a property it has the seed and the path that play it again. */
function shortly(error) {
  return String(error.message).slice(0, 1000).replaceAll('\n', '\n  ');
}
