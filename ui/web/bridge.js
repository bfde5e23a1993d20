// The page's way to the engine, as `kithBridge`: the desktop app's commands where the app put
// them, otherwise HTTP to where the page came from.

const app = window.__TAURI__?.core;
const told = new URLSearchParams(window.location.search);

// `kith serve` shows its token in the link. It stays out of the address bar and of history.
const token = told.get('token') ?? window.sessionStorage.getItem('kith-token') ?? '';
if (told.has('token')) {
  window.sessionStorage.setItem('kith-token', token);
  told.delete('token');
  const rest = told.size > 0 ? `?${told}` : '';
  window.history.replaceState(null, '', window.location.pathname + rest);
}

async function rpc(request) {
  if (app) {
    const frame = await app.invoke('rpc', { request });
    return frame instanceof ArrayBuffer ? frame : new Uint8Array(frame).buffer;
  }
  const headers = { 'content-type': 'application/json', 'x-kith-token': token };
  const answer = await fetch('/rpc', { method: 'POST', headers, body: request });
  if (!answer.ok) {
    throw new Error(`${answer.status} ${(await answer.text()).slice(0, 300)}`);
  }
  return answer.arrayBuffer();
}

function events(sink) {
  if (app) {
    const channel = new app.Channel();
    channel.onmessage = sink;
    app.invoke('events', { channel }).catch((error) => failed(`No events: ${error}`));
    return;
  }
  const source = new EventSource(`/events?token=${encodeURIComponent(token)}`);
  source.onmessage = (message) => sink(message.data);
  let connected = false;
  source.onopen = () => {
    // What was said while the line was down is lost: ask for everything again.
    if (connected) sink('{"event":"project_changed"}');
    connected = true;
  };
}

async function pick(ask) {
  if (app) return JSON.stringify(await app.invoke('pick', { ask }));
  const what = ask === 'files' ? 'the file' : 'the project folder';
  const path = window.prompt(`Path of ${what} on the engine's computer`);
  return JSON.stringify(path ? [path] : []);
}

async function start() {
  if (app) return JSON.stringify(await app.invoke('start'));
  return JSON.stringify({
    demo: told.has('demo'),
    project: told.get('project'),
    theme: told.get('theme'),
  });
}

function ready() {
  window.dispatchEvent(new Event('kith-ready'));
}

function failed(text) {
  window.dispatchEvent(new CustomEvent('kith-failed', { detail: text }));
}

window.kithBridge = { rpc, events, pick, start, ready, failed };
