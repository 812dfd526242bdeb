// What the browser tests share: waiting, free ports, whogoes as a process.
const { spawn } = require('node:child_process');
const net = require('node:net');

const until = async (found, words, milliseconds = 15000) => {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await found();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
};

const within = (milliseconds, work, words) => {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${words}`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const freePort = () => new Promise((resolve) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const answers = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

const launch = (whogoes, options, folder, stdio = ['ignore', 'inherit', 'inherit'], env = {}) =>
  spawn(whogoes, ['run', ...options], { stdio, env: { ...process.env, XDG_STATE_HOME: folder, ...env } });

const ended = (child) => new Promise((resolve) => {
  if (child.exitCode !== null || child.signalCode !== null) resolve();
  else child.once('exit', resolve);
});

module.exports = { answers, ended, freePort, launch, until, within };
