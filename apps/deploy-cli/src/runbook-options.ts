/** Options of the script that `graph deploy` replaces (runbook R5), as its operators type them. */
const runbookOptions: ReadonlyMap<string, string> = new Map([
  ['-neo4juri', '--neo4j-uri'],
  ['-neo4juser', '--neo4j-user'],
  ['-neo4jpassword', '--neo4j-password'],
  ['-database', '--database'],
  ['-skipbackup', '--skip-backup'],
  ['-verbose', '--verbose'],
]);

/**
 * Arguments of the `graph` commands with the runbook's spelling of options (`-Neo4jUri`, in any case as PowerShell takes
 * them) replaced by this program's; those of other commands as they are.
 */
export function withRunbookOptions(args: readonly string[]): string[] {
  if (args[0] !== 'graph') return [...args];
  return args.map((arg) => runbookOptions.get(arg.toLowerCase()) ?? arg);
}
