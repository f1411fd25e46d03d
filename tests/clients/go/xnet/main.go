// The library golang.org/x/net/websocket, used as its documentation uses it. It knows no extensions, and sends an Origin always.
package main

import (
	"errors"
	"io"
	"net"

	"../client"
	"golang.org/x/net/websocket"
)

// documented is the origin of the documentation's example, with a path that no origin has.
const documented = "http://localhost/"

type conn struct{ *websocket.Conn }

// codec tells text from binary, which the library's own Message does not.
var codec = websocket.Codec{
	Marshal: func(v interface{}) ([]byte, byte, error) {
		message := v.(client.Message)
		if message.Binary {
			return message.Payload, websocket.BinaryFrame, nil
		}
		return message.Payload, websocket.TextFrame, nil
	},
	Unmarshal: func(payload []byte, kind byte, v interface{}) error {
		*v.(*client.Message) = client.Message{Binary: kind == websocket.BinaryFrame, Payload: payload}
		return nil
	},
}

func dial(options client.Options) (client.Conn, error) {
	if options.Compress {
		return nil, errors.New("the library does not compress")
	}
	origin := options.Origin
	if origin == "" {
		origin = documented
	}
	c, err := websocket.Dial(options.URL, options.Subprotocol, origin)
	return conn{c}, err
}

func (c conn) Send(message client.Message) error { return codec.Send(c.Conn, message) }

func (c conn) Receive() (message client.Message, err error) {
	err = codec.Receive(c.Conn, &message)
	// Its Close does not wait for the gateway's answer.
	if errors.Is(err, net.ErrClosed) {
		err = io.EOF
	}
	return message, err
}

func main() { client.Main(dial) }
