// Keeps the compiled program for the next start, which then needs neither a download nor a compilation.
// This is a worker, because browsers do not let a page with a Content-Security-Policy receive such a program.
let kept = null;

onmessage = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    kept = data;
  };
  port.postMessage(kept);
};
