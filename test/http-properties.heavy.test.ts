import { test } from 'vitest';
import { disorderChangesNothing, nothingIsThrown, prefixesAgree, splitsChangeNothing } from './support/http-properties.ts';
import { fastReadingAgrees } from './support/regular-heads.ts';

const RUNS = 10_000;

test('any split gives the same messages', () => splitsChangeNothing(RUNS));
test('any reordering or repetition inside the window gives the same messages', () => disorderChangesNothing(RUNS));
test('the complete messages of a prefix are a prefix of those of the whole', () => prefixesAgree(RUNS));
test('nothing but CaptureError is thrown, whatever the damage', () => nothingIsThrown(RUNS));
test('what is read fast is what is read carefully, whatever was read before it', () => fastReadingAgrees(RUNS));
