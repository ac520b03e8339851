/**
 * A change that fixes a finding, loses nothing, and can be made while workers run. What needs a decision (which of two databases is the
 * copy, whether messages may be lost, who owns a database) is never one.
 */
export type Fix =
  /** Statements in the database of the settings, each in a batch of its own. */
  | { readonly kind: 'sql'; readonly statements: readonly string[] }
  /** `hartonomous database deploy`: creates what is missing, rewrites procedures, gives queues their options. */
  | { readonly kind: 'deploy-database' }
  /** `hartonomous graph deploy`: creates what is missing. */
  | { readonly kind: 'deploy-graph' }
  /** Ends conversations of this queue that their sender has ended and no reader ever answered. */
  | { readonly kind: 'end-leaked-conversations'; readonly queue: string };

/** A fix by statements. */
export function sqlFix(...statements: readonly string[]): Fix {
  return { kind: 'sql', statements };
}

/** What a fix does, as the command or the statements that a person would run. */
export function fixText(fix: Fix): string {
  switch (fix.kind) {
    case 'sql':
      return fix.statements.join(' ');
    case 'deploy-database':
      return 'hartonomous database deploy';
    case 'deploy-graph':
      return 'hartonomous graph deploy';
    case 'end-leaked-conversations':
      return `hartonomous doctor --end-leaked-conversations (of ${fix.queue})`;
  }
}
