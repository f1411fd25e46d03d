// The library github.com/gorilla/websocket, used as its documentation and its examples use it.
package main

import (
	"io"
	"net/http"
	"time"

	"../client"
	"github.com/gorilla/websocket"
)

type conn struct{ *websocket.Conn }

func dial(options client.Options) (client.Conn, error) {
	dialer := *websocket.DefaultDialer
	dialer.EnableCompression = options.Compress
	if options.Subprotocol != "" {
		dialer.Subprotocols = []string{options.Subprotocol}
	}
	var header http.Header
	if options.Origin != "" {
		header = http.Header{"Origin": {options.Origin}}
	}
	c, _, err := dialer.Dial(options.URL, header)
	return conn{c}, err
}

func (c conn) Send(message client.Message) error {
	if message.Binary {
		return c.WriteMessage(websocket.BinaryMessage, message.Payload)
	}
	return c.WriteMessage(websocket.TextMessage, message.Payload)
}

func (c conn) Receive() (client.Message, error) {
	kind, payload, err := c.ReadMessage()
	if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		err = io.EOF
	}
	return client.Message{Binary: kind == websocket.BinaryMessage, Payload: payload}, err
}

// Close says so, and leaves it to the gateway to end the connection.
func (c conn) Close() error {
	normal := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	return c.WriteControl(websocket.CloseMessage, normal, time.Now().Add(time.Minute))
}

func main() { client.Main(dial) }
