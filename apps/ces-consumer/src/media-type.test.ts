import { createDefaultRegistry } from '@hartonomous/atomizers';
import { expect, test } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

test.each(createDefaultRegistry().atomizers.map(({ name }) => name))('%s has a media type', (name) => {
  expect(mediaTypeOf(name)).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
});

test('an atomizer that is not known here has none', () => {
  expect(mediaTypeOf('constructor')).toBeNull();
});
