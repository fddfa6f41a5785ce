import { test } from 'vitest';
import { disorderChangesNothing, nothingIsThrown, prefixesAgree, splitsChangeNothing } from './support/http-properties.ts';

test('any split gives the same messages', () => splitsChangeNothing(200));
test('any reordering or repetition inside the window gives the same messages', () => disorderChangesNothing(200));
test('the complete messages of a prefix are a prefix of those of the whole', () => prefixesAgree(200));
test('nothing but CaptureError is thrown, whatever the damage', () => nothingIsThrown(200));
