import type { CompletedCommand } from './command-tree.ts';

/** Shells that have a script. */
export const shells = ['bash', 'zsh', 'pwsh'] as const;

/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

// Names of commands, flags and choices are put into scripts: they are this program's own and plain, which a test holds.

/** The script for a shell. */
export function completionScript(shell: Shell, tree: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return `${posixTables(tree)}${bashBody}`;
    case 'zsh':
      return `#compdef hartonomous\n${posixTables(tree)}${zshBody}`;
    case 'pwsh':
      return pwshScript(tree);
  }
}

function wordsOf({ subcommands, options, choices }: CompletedCommand): string {
  return [...subcommands, ...choices, ...options.map(({ flag }) => flag)].join(' ');
}

/** Two functions that both shells understand: the words after a command, and the values of an option. */
function posixTables(tree: readonly CompletedCommand[]): string {
  const words = tree.map((command) => `    '${command.path}') echo '${wordsOf(command)}' ;;`);
  const values = tree.flatMap(({ path, options }) =>
    options.flatMap(({ flag, choices }) =>
      choices.length === 0 ? [] : [`    '${path} ${flag}') echo '${choices.join(' ')}' ;;`],
    ),
  );
  return `_hartonomous_words() {
  case "$1" in
${words.join('\n')}
  esac
}
_hartonomous_values() {
  case "$1" in
${values.join('\n')}
  esac
}
`;
}

const bashBody = `_hartonomous() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command='' word candidate values
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    candidate="\${command:+$command }$word"
    if [ -n "$(_hartonomous_words "$candidate")" ]; then command="$candidate"; fi
  done
  values="$(_hartonomous_values "$command \${COMP_WORDS[COMP_CWORD-1]}")"
  COMPREPLY=($(compgen -W "\${values:-$(_hartonomous_words "$command")}" -- "$current"))
}
complete -o default -F _hartonomous hartonomous
`;

const zshBody = `_hartonomous() {
  local command='' word candidate values
  for word in \${words[2,CURRENT-1]}; do
    candidate="\${command:+$command }$word"
    if [ -n "$(_hartonomous_words "$candidate")" ]; then command="$candidate"; fi
  done
  values="$(_hartonomous_values "$command \${words[CURRENT-1]}")"
  if [ -z "$values" ]; then values="$(_hartonomous_words "$command")"; fi
  compadd -- \${=values}
  _files
}
compdef _hartonomous hartonomous
`;

function pwshScript(tree: readonly CompletedCommand[]): string {
  const words = tree.map((command) => `  '${command.path}' = '${wordsOf(command)}'`);
  const values = tree.flatMap(({ path, options }) =>
    options.flatMap(({ flag, choices }) =>
      choices.length === 0 ? [] : [`  '${path} ${flag}' = '${choices.join(' ')}'`],
    ),
  );
  return `$HartonomousWords = @{
${words.join('\n')}
}
$HartonomousValues = @{
${values.join('\n')}
}
Register-ArgumentCompleter -Native -CommandName hartonomous -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $command = ''
  $previous = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -ne '') { break }
    $previous = $element.Extent.Text
    $candidate = ("$command $previous").Trim()
    if ($HartonomousWords.ContainsKey($candidate)) { $command = $candidate }
  }
  $found = $HartonomousValues["$command $previous"]
  if (-not $found) { $found = $HartonomousWords[$command] }
  $found -split ' ' | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
