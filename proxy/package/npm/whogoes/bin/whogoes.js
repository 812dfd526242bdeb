#!/usr/bin/env node
// Finds the program that npm has chosen for this platform, and becomes it as far as Node can.
'use strict';
const { spawn } = require('node:child_process');
const { closeSync, openSync } = require('node:fs');
const { constants } = require('node:os');

const platform = `${process.platform}-${process.arch}`;

function refuse(words) {
  process.stderr.write(`whogoes: ${words}\n`);
  process.exit(3);
}

function findProgram() {
  try {
    return require.resolve(`@whogoes/${platform}/bin/whogoes`);
  } catch {
    if (platform === 'linux-x64') {
      return refuse('the package @whogoes/linux-x64 is missing. It is an optional dependency: install again without '
        + '--omit=optional (--no-optional), or npm install @whogoes/linux-x64');
    }
    return refuse(`there is no npm package for ${platform}. What works there: the container image, or a build from `
      + 'source on Linux; on Windows also WSL 2, and on macOS a Linux VM, on x64. See the README');
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
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1']) process.on(signal, () => child.kill(signal));
const interrupt = hasTerminal() ? () => {} : () => child.kill('SIGINT');
process.on('SIGINT', interrupt);
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal]; // the latter where Node ignores it
  if (signal === null) return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
