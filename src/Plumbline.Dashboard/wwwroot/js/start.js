// Starts the page's connection. When the server goes away it is asked again for as long as it takes; another process of it does not know
// this page, which is then loaded again: its address keeps everything chosen. What was pressed meanwhile was not heard, and is not sent.
const away = document.getElementById('server-away');
const root = document.documentElement;

async function ask() {
  for (let attempt = 0; root.dataset.away; attempt++) {
    await new Promise(done => setTimeout(done, attempt < 20 ? 250 : 2000));
    try {
      if (!root.dataset.away || await Blazor.reconnect()) return;
      location.reload();
      return;
    } catch { /* Nobody answers yet. */ }
  }
}

Blazor.start({
  circuit: {
    reconnectionHandler: {
      onConnectionDown() {
        if (root.dataset.away) return;
        root.dataset.away = 'yes';
        away.hidden = false;
        ask();
      },
      onConnectionUp() {
        delete root.dataset.away;
        away.hidden = true;
      },
    },
  },
});
