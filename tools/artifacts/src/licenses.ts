import type { Part } from './parts.ts';

const rule = `${'-'.repeat(80)}\n`;

/**
 * The licences of everything that was bundled, with each text once.
 *
 * @param artifact name, for the heading
 * @param ownText the licence of this repository
 */
export function licensesText(artifact: string, parts: readonly Part[], ownText: string): string {
  const foreign = parts.filter(({ isOurs }) => !isOurs);
  const list = foreign.map(
    ({ name, version, license }) => `  ${[name, version].filter(Boolean).join(' ')}: ${license}`,
  );
  const sections = foreign.map((part) => {
    const texts = part.texts.length > 0 ? part.texts : [part.note ?? missingText(part)];
    return `${rule}${part.name}${part.version === undefined ? '' : ` ${part.version}`} (${part.license})\n\n${texts.join('\n\n')}\n`;
  });
  return `Hartonomous ${artifact} is licensed under this licence:\n\n${ownText.trimEnd()}\n\n${rule}It has parts of these ${foreign.length} packages in it:\n\n${list.join('\n')}\n\n${sections.join('\n')}`;
}

function missingText({ name, license }: Part): string {
  return `The package ${name} names the licence ${license} in its package.json and has no text of it.`;
}
