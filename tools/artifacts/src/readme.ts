import type { ProgramArtifact } from './artifact-list.ts';
import type { Commit } from './commit.ts';

/** The page beside a program. */
export function programReadme(
  { name, command, native }: ProgramArtifact,
  {
    version,
    commit,
    description,
    node,
  }: { readonly version: string; readonly commit: Commit; readonly description: string; readonly node: string },
): string {
  const isWorker = name !== 'deploy-cli';
  return `# ${command} ${version}

${description}

Built from commit ${commit.id}. Everything that it needs is in this folder, but for Node ${node}:

    node main.js --help
${isWorker ? '    node main.js --check        # looks at the settings, starts nothing\n    node main.js                # runs until SIGTERM or Ctrl-C\n' : '    node main.js doctor\n'}
Settings are in appsettings.json and appsettings.Production.json beside it, which appsettings.schema.json describes, in environment
variables (\`Neo4j__Uri\`), in another folder (\`--config DIR\`), or in Azure.

Not in it, because it is a native part that must fit the machine:

| package | what it is for |
| ------- | -------------- |
${native.map((part) => `| \`${part.package}\` | ${part.purpose} |\n`).join('')}
Install it beside this folder where you need it: \`npm install ${native.map((part) => part.package).join(' ')}\`.

    sha256sum --check SHA256SUMS

says whether the files are as they were built. LICENSES.txt has the licences of all parts, sbom.cdx.json lists them (CycloneDX 1.6).
`;
}
