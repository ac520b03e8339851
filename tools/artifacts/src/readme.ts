import type { NativePart, ProgramArtifact } from './artifact-list.ts';
import type { Commit } from './commit.ts';

/** What the page beside a program says of its build. */
export interface ReadmeFacts {
  readonly version: string;
  readonly commit: Commit;
  readonly description: string;
  /** Which Node it needs. */
  readonly node: string;
  /** Version of the Node beside it, in an artifact for Windows. */
  readonly windowsNode: string | undefined;
  /** Packages that can be installed beside it. */
  readonly missing: readonly string[];
}

/** The page beside a program. */
export function programReadme({ name, command, native }: ProgramArtifact, facts: ReadmeFacts): string {
  const { version, commit, description, node, windowsNode, missing } = facts;
  const start = windowsNode === undefined ? 'node' : 'node.exe';
  const commands =
    name === 'deploy-cli'
      ? [`${start} main.js doctor`]
      : [
          `${start} main.js --check        # looks at the settings, starts nothing`,
          `${start} main.js                # runs until Ctrl-C or SIGTERM`,
        ];
  const what =
    windowsNode === undefined
      ? `Everything that it needs is in this folder, but for Node ${node}:`
      : `Everything that it needs is in this folder, Node ${windowsNode} for Windows on x64 too:`;
  return `# ${command} ${version}

${description}

Built from commit ${commit.id}. ${what}

    ${start} main.js --help
${commands.map((one) => `    ${one}\n`).join('')}
Settings are in appsettings.json and appsettings.Production.json beside it, which appsettings.schema.json describes, in environment
variables (\`Neo4j__Uri\`), in another folder (\`--config DIR\`), or in Azure.

${nativeText(native.filter((part) => missing.includes(part.package)))}
    sha256sum --check SHA256SUMS

says whether the files are as they were built. LICENSES.txt has the licences of all parts, sbom.cdx.json lists them (CycloneDX 1.6).
`;
}

function nativeText(native: readonly NativePart[]): string {
  if (native.length === 0) return '';
  return `Not in it, because it is a native part that must fit the machine:

| package | what it is for |
| ------- | -------------- |
${native.map((part) => `| \`${part.package}\` | ${part.purpose} |\n`).join('')}
Install it beside this folder where you need it: \`npm install ${native.map((part) => part.package).join(' ')}\`.

`;
}
