using Gateway.Core.Handshake;
using Gateway.Core.Options;

namespace Gateway.Core.Protocols;

/// <summary>
/// What somebody sees who opens a client endpoint in a browser. Nothing of the request stands in it, so that no link to it can put words
/// in its mouth.
/// </summary>
internal static class WelcomePage
{
    public static HttpPage Create(GatewayOptions options) => new(200, "text/html; charset=utf-8", $$"""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Gateway</title>
        <style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}pre{overflow:auto;padding:1rem;background:#8882}</style>
        <h1>This is a WebSocket gateway</h1>
        <p>It pushes messages to WebSocket clients; there is nothing here for a browser to show. Connect to this address with
        <code>wss://</code> (or <code>ws://</code>, where it has no TLS) in place of <code>https://</code>:</p>
        <pre>const socket = new WebSocket("wss://…{{options.BasePath}}/");
        socket.onopen = () =&gt; socket.send('{"type":"subscribe","channel":"news"}');
        socket.onmessage = event =&gt; console.log(event.data);</pre>
        <p>Or in a shell, one line a message: <code>npx wscat -c wss://…{{options.BasePath}}/plain/news</code></p>
        </html>

        """);
}
