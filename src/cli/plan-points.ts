/**
 * The captures on the command line -> captures with their points: as --point says, or else as their names and ends do.
 */
import { type CaptureName, Refusal } from './io.ts';
import { peekAt } from './peek.ts';
import { groupPoints } from './points.ts';

/** `NAME=FILE,FILE`: the files of one point, in their order. */
export function parsePoint(value: string): readonly CaptureName[] {
  const equals = value.indexOf('=');
  const [point, files] = [value.slice(0, Math.max(equals, 0)), value.slice(equals + 1).split(',')];
  if (point === '' || files.some((path) => path === '')) throw new Refusal(`--point wants NAME=FILE,FILE and not ${value}`);
  return files.map((path) => ({ path, name: path, point }));
}

/** Points for plain arguments. One input, and whatever is not a file that can be read, is a point of its own. */
export async function planPoints(inputs: readonly CaptureName[]): Promise<readonly CaptureName[]> {
  if (inputs.length < 2 || inputs.some((input) => input.point !== undefined)) return inputs;
  const ends = [];
  for (const { path } of inputs) ends.push(await peekAt(path));
  const names = new Map(inputs.map(({ path, name }) => [path, name]));
  return groupPoints(ends).flatMap(({ name: point, paths, assumed }) =>
    paths.map((path) => ({ path, name: names.get(path) ?? path, point, assumed: `${assumed}; --point says otherwise` })),
  );
}

/** More than one point: the hops can only be paired when all of them are known. */
export function severalPoints(inputs: readonly CaptureName[]): boolean {
  return new Set(inputs.map((input) => input.point)).size > 1;
}
