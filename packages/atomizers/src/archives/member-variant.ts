import type { AtomizerSource } from '../atomizer.ts';
import { statedEncoding } from '../text/stated-encoding.ts';

const maxExtensionLength = 16;

/** What decides how members are read: the extension in the archive's own name, and the encoding stated for it. */
export function memberVariant(extension: string, source: Pick<AtomizerSource, 'encoding'>): string | undefined {
  const parts = [extension.slice(0, maxExtensionLength), statedEncoding(source) ?? ''].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(', ');
}
