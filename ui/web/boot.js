// Loads the page's program, or says in words why it cannot run and what to do instead.

import './bridge.js';

const element = (id) => document.getElementById(id);
const app = window.__TAURI__?.core;

// A sign of life: the app waits for one, and opens the native window when none comes.
app?.invoke('start').catch(() => {});

function show(state) {
  document.body.dataset.state = state;
}

function fail(text, hint) {
  element('what').textContent = text;
  element('hint').textContent = hint ?? '';
  element('native').hidden = !app;
  show('failed');
}

const elsewhere = app
  ? 'The native window does without and shows the same project.'
  : 'Use a current browser with WebGL, or run kith-native, which does without.';

window.addEventListener('kith-ready', () => show('ready'));
window.addEventListener('kith-failed', (event) => fail(event.detail));
window.addEventListener('error', (event) => {
  if (document.body.dataset.state === 'loading') fail(`The page cannot start: ${event.message}`);
});

element('reload').addEventListener('click', () => window.location.reload());
element('native').addEventListener('click', async () => {
  try {
    await app.invoke('native_window');
  } catch (error) {
    fail('The native window cannot be opened', String(error));
  }
});
element('kith').addEventListener('webglcontextlost', (event) => {
  event.preventDefault();
  fail('The graphics driver has dropped this page', `Reload it: nothing is lost. ${elsewhere}`);
});
// Dropping a file must not replace the page by the file.
for (const name of ['dragover', 'drop']) {
  window.addEventListener(name, (event) => event.preventDefault());
}

function hasWebgl() {
  const canvas = document.createElement('canvas');
  const drawing = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
  drawing?.getExtension('WEBGL_lose_context')?.loseContext();
  return drawing !== null;
}

async function load() {
  const { default: init } = await import('./kith.js');
  // Not instantiateStreaming: it fails over the app's own protocol.
  const answer = await fetch('./kith_bg.wasm');
  if (!answer.ok) throw new Error(`kith_bg.wasm: ${answer.status}`);
  await init({ module_or_path: await answer.arrayBuffer() });
}

if (!hasWebgl()) {
  fail('WebGL is missing here, and the workbench draws with it', elsewhere);
} else {
  load().catch((error) => fail(`The page cannot start: ${error?.message ?? error}`, elsewhere));
}
