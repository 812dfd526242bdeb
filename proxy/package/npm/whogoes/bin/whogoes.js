#!/usr/bin/env node
// Finds the program that npm has chosen for this platform, and becomes it as far as Node can.
'use strict';
const { spawn } = require('node:child_process');
const { closeSync, openSync } = require('node:fs');
const { constants } = require('node:os');

const platform = `${process.platform}-${process.arch}`;

// Where there is no program for a platform: what works there instead.
const instead = {
  linux: 'a build from source works here; the README has it',
  darwin: 'the container image (linux/amd64) works here, and so does this command in a Linux virtual machine on x64',
  win32: 'this command works in WSL 2 on x64, and the container image (linux/amd64) does',
};

function refuse(words) {
  process.stderr.write(`whogoes: ${words}\n`);
  process.exit(3);
}

function findProgram() {
  try {
    return require.resolve(`@whogoes/${platform}/bin/whogoes`);
  } catch {
    return refuse(platform === 'linux-x64'
      ? 'the package @whogoes/linux-x64 is missing: it is an optional dependency, so install again without --omit=optional'
      : `npm has no program for ${platform}: `
        + (instead[process.platform] ?? 'the container image (linux/amd64) works where Linux containers do'));
  }
}

// A terminal sends Ctrl-C to the program, too, for which a second one means "at once".
function hasTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

const child = spawn(findProgram(), process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => refuse(`cannot run ${child.spawnfile}: ${error.message}`));
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
const interrupt = hasTerminal() ? () => {} : () => child.kill('SIGINT');
process.on('SIGINT', interrupt);
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal]; // the latter where Node ignores it
  if (signal === null) return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
