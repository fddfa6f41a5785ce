/**
 * The table of commands and options (DESIGN.md section 3). All commands are loaded at once: a chunk
 * of its own costs a millisecond of start-up, and what they do not share is small. Rare inputs and outputs come lazily.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CONFIDENCES, SEVERITIES } from '../ranks.ts';
import { rules } from '../rules/index.ts';
import { plain } from '../view/safe.ts';
import { analyzeCaptures } from './analyze-captures.ts';
import type { CompareOptions } from './compare.ts';
import { applyConfig } from './config.ts';
import { explain, listRules } from './explain.ts';
import { info } from './info.ts';
import { type CaptureName, type ExitCode, type Io, Refusal } from './io.ts';
import { messages } from './messages.ts';
import { parseHost, parseOctets, parsePort, parseProxy, parseTime } from './narrow-options.ts';
import {
  type AnalyzeOptions,
  COLORS,
  FORMATS,
  type InfoOptions,
  type ListOptions,
  READERS,
  type ReadingOptions,
  SHELLS,
  type Shell,
} from './options.ts';
import { parsePoint, planPoints } from './plan-points.ts';
import { relays } from './relays.ts';
import { versionOfPackage } from './version.ts';

const PIPE_LINE = 'tcpdump -i any -U -B 16384 -s 0 -w - tcp | hopcheck -';

/** The shipped capture; src/ and dist/ are both two folders below the package. */
const DEMO = 'fixtures/figure-4-15/capture.pcap';

const ruleIds = rules.map(({ id }) => id);

export function makeProgram(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command('hopcheck');
  const captures = async (names: readonly string[], points: readonly string[] = []): Promise<readonly CaptureName[]> => {
    if (points.length > 0 && names.length > 0) throw new Refusal('--point names all captures; leave the others out');
    if (points.length > 0) return points.flatMap(parsePoint);
    if (names.length === 0 && !io.stdinPiped) throw new Refusal('name a capture, or - for a pipe');
    if (names.filter((name) => name === '-').length > 1) throw new Refusal('- is named twice');
    return planPoints((names.length === 0 ? ['-'] : names).map((path) => ({ path, name: path === '-' ? 'stdin' : path })));
  };
  const analyze = async (names: string[], options: AnalyzeOptions): Promise<void> => {
    if (names.length === 0 && options.point === undefined && !io.stdinPiped) {
      program.outputHelp({ error: true });
      finish(2);
      return;
    }
    finish(await analyzeCaptures(await captures(names, options.point), options, io));
  };

  setUp(program, io);
  pointOption(analysisOptions(program.argument('[captures...]', 'captures (pcap, pcapng), or - for a pipe'))).action(analyze);

  const analyzes = 'what hopcheck does without a command, also for a capture that is called like one';
  pointOption(analysisOptions(program.command('analyze [captures...]').description(analyzes))).action(analyze);

  pointOption(readingOptions(program.command('messages [captures...]').description('every HTTP message, a line each')))
    .addOption(formatOption(['text', 'ndjson']))
    .action(async (names: string[], options: ListOptions) => {
      finish(await messages(await captures(names, options.point), options, io));
    });

  pointOption(
    readingOptions(program.command('relays [captures...]').description('every client-side exchange and what continued it on the next hop')),
  )
    .addOption(formatOption(['text', 'ndjson']))
    .action(async (names: string[], options: ListOptions) => {
      finish(await relays(await captures(names, options.point), options, io));
    });

  pointOption(readingOptions(program.command('info [captures...]').description('what can be seen in captures at all')))
    .addOption(formatOption(['text', 'json']))
    .action(async (names: string[], options: InfoOptions) => {
      finish(await info(await captures(names, options.point), options, io));
    });

  choiceOptions(readingOptions(program.command('compare <before> <after>').description('captures or JSON reports: what a fix changed')))
    .addOption(formatOption(['text', 'markdown', 'json']))
    .addHelpText(
      'after',
      '\nExit: 0 nothing new, 1 something new (see --fail-on), at confidence strong or better,\n      2 usage, internal error or an unreadable input.',
    )
    .action(async (before: string, after: string, options: CompareOptions) => {
      const { compare } = await import('./compare.ts');
      finish(await compare([before, after], options, io));
    });

  program
    .command('explain <rule>')
    .description("a rule's page")
    .addOption(colorOption())
    .action((id: string, options: Pick<AnalyzeOptions, 'color'>) => {
      finish(explain(id, options, io));
    });

  program
    .command('rules')
    .description('the list of rules')
    .action(() => finish(listRules(io)));

  program
    .command('completion')
    .description('a completion script, to be sourced by the shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const [{ commandTable }, { completionScript }] = await Promise.all([import('./command-table.ts'), import('./completion.ts')]);
      io.stdout.write(completionScript(shell, commandTable(program, ruleIds)));
      finish(0);
    });

  program
    .command('manual')
    .description('the man page: hopcheck manual | man -l -')
    .action(async () => {
      const [{ commandTable }, { manualPage }] = await Promise.all([import('./command-table.ts'), import('./manual.ts')]);
      const facts = { version: versionOfPackage(), description: program.description(), pipe: PIPE_LINE };
      io.stdout.write(manualPage(commandTable(program, ruleIds), facts));
      finish(0);
    });

  analysisOptions(
    program.command('demo').description('analyze a capture of the classic hang, figure 4-15 of HTTP: The Definitive Guide'),
  ).action(async (options: AnalyzeOptions) => {
    const path = fileURLToPath(new URL(`../../${DEMO}`, import.meta.url));
    finish(await analyzeCaptures([{ path, name: nameFromHere(path) }], options, io));
  });

  const named = new Argument('[command]', 'the command').choices(program.commands.map((command) => command.name()));
  program
    .command('help')
    .description('the help of a command, or this')
    .addArgument(named)
    .action((name?: string) => {
      const command = program.commands.find((each) => each.name() === name) ?? program;
      command.outputHelp();
      finish(0);
    });
  return program;
}

/** Relative where that is shorter, so that the commands of a report can be run as they are printed. */
function nameFromHere(path: string): string {
  const name = relative('.', path);
  return name.startsWith('..') ? path : name;
}

function setUp(program: Command, io: Io): void {
  program
    .description('Finds the hang in a packet capture: HTTP connection-management bugs between client, proxy and origin.')
    .addHelpText('before', `${PIPE_LINE}\n`)
    .addHelpText('after', '\nExit: 0 nothing found, 1 findings (see --fail-on),\n      2 usage, internal error or an unreadable input.')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) =>
        write(
          `hopcheck: ${plain(
            text
              .replace(/^error: /, '')
              .trim()
              .replaceAll('\n', ' '),
          )}\n`,
        ),
      getOutHelpWidth: () => io.stdout.columns || 100,
      getErrHelpWidth: () => io.stderr.columns || 100,
    })
    .option('-V, --version', 'print the version')
    .on('option:version', () => {
      const version = versionOfPackage();
      io.stdout.write(`${version}\n`);
      throw new CommanderError(0, 'commander.version', version);
    })
    .hook('preSubcommand', refuseOptionsBefore)
    .hook('preAction', (_program, command) => {
      const { config } = command.opts<ReadingOptions>();
      const knows = command.options.some(({ long }) => long === '--config') && (command.name() !== 'demo' || typeof config === 'string');
      if (knows) applyConfig(command, config, io);
    });
}

/** They would belong to the default command, which does not run. */
function refuseOptionsBefore(program: Command, command: Command): void {
  const early = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  if (early !== undefined) throw new Refusal(`${early.long} goes behind the command: hopcheck ${command.name()} ${early.long} ...`);
}

/** Options of the commands that look for findings. */
function analysisOptions(command: Command): Command {
  command
    .optionsGroup('Report:')
    .addOption(
      new Option(
        '-f, --format <format>',
        'by default text, or what the ending of -o says: .txt .md .html .json .ndjson .sarif, .xml for junit',
      ).choices(FORMATS),
    )
    .option('-o, --output <file>', 'write the report to a file instead, repeatable', collect)
    .option('--max-chars <number>', 'leave detail out of a Markdown report until it fits (60000)', parseCharacters)
    .option('--evidence <file>', 'the connections of the findings as commented pcapng, packed when it ends with .gz')
    .option('--bundle <file>', 'a zip for a ticket: reports and evidence')
    .option('--force', 'let an output replace a file');
  choiceOptions(command)
    .option('--baseline <report>', 'no findings that this JSON report has already')
    .addOption(new Option('--until <finding>', 'stop reading when it is found').choices(['hang']));
  return readingOptions(command);
}

/** Which findings count. */
function choiceOptions(command: Command): Command {
  return command
    .optionsGroup('Findings:')
    .addOption(new Option('--fail-on <severity>', 'exit 1 from this severity up').choices([...SEVERITIES, 'never']).default('violation'))
    .option('--rule <id>', 'only findings of this rule, repeatable', collect)
    .option('--ignore <id>', 'no findings of this rule, repeatable', collect)
    .addOption(new Option('--min-confidence <confidence>', 'no findings below it').choices(CONFIDENCES).default('possible'))
    .option('--stall <seconds>', 'no findings about a shorter wait', parseSeconds);
}

/** Of commands that take any number of captures. */
function pointOption(command: Command): Command {
  return command
    .optionsGroup('Reading:')
    .option('--point <name=files>', 'the files of one place of capture, in order; repeatable, instead of plain names', collect);
}

/** Options of all commands that read captures. */
function readingOptions(command: Command): Command {
  return command
    .optionsGroup('Reading:')
    .addOption(new Option('--reader <reader>', 'pcap-parser: a second opinion on classic pcap files').choices(READERS).default('auto'))
    .option('--host <address>', 'only connections of this address, repeatable', parseHost)
    .option('--port <number=http>', 'HTTP is spoken there, where captured octets alone do not tell; repeatable', parsePort)
    .option('--proxy <address>', 'a proxy, as 10.0.0.1 or 10.0.0.1:8080, where what it does alone does not tell; repeatable', parseProxy)
    .option('--from <time>', 'only frames from then on: epoch seconds, ISO 8601, or +seconds from the first frame', parseTime)
    .option('--to <time>', 'only frames up to then', parseTime)
    .option('--max-bytes <number>', 'stop reading behind so many bytes of captures, as 500k, 64M or 1.5G', parseOctets)
    .option('--strict', 'exit 2 for a damaged capture, too')
    .option('--config <file>', 'defaults for these options; without it, hopcheck.config.json of this folder')
    .option('--no-config', 'no such file')
    .optionsGroup('Showing:')
    .option('--show-secrets', 'values as sent; by default those that may be secret are redacted')
    .option('--anonymize', 'documentation addresses, and of the messages no more than their framing')
    .option('--salt-file <file>', 'the key of the short hashes, so that equal values are equal in several reports')
    .addOption(colorOption())
    .option('--width <columns>', 'width of text', parseWidth)
    .option('-q, --quiet', 'no progress and no warnings')
    .option('-v, --verbose', 'every issue of the captures on standard error')
    .option('--no-progress', 'no progress line')
    .option('--debug', 'where an error came from');
}

function formatOption(formats: readonly string[]): Option {
  return new Option('-f, --format <format>', 'how to print them').choices(formats).default('text').helpGroup('Showing:');
}

function colorOption(): Option {
  return new Option('--color <when>', 'NO_COLOR and FORCE_COLOR count, too').choices(COLORS).default('auto');
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseCharacters(value: string): number {
  const characters = Number(value);
  if (!Number.isInteger(characters) || characters < 1000) throw new InvalidArgumentError('A number of characters from 1000');
  return characters;
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() === '' || !(seconds >= 0 && seconds <= 86_400)) throw new InvalidArgumentError('Seconds, as 2 or 0.5');
  return seconds;
}

function parseWidth(value: string): number {
  const width = Number(value);
  if (!Number.isInteger(width) || width < 20 || width > 10_000) throw new InvalidArgumentError('A number of columns from 20 to 10000');
  return width;
}
