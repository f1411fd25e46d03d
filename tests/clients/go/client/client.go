// Package client is what the programs beside it have in common: their arguments, what they do, and what they print, a line of JSON each.
package client

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"strings"
)

// Options are what a connection is opened with. The trusted authorities are those of SSL_CERT_FILE, as for every program in Go.
type Options struct {
	URL, Subprotocol, Origin string
	Compress                 bool
}

// Message is a whole message.
type Message struct {
	Binary  bool   `json:"binary"`
	Payload []byte `json:"base64"`
}

// Conn is a WebSocket by the library's own means. One goroutine sends, another receives.
type Conn interface {
	Send(Message) error
	// Receive ends with io.EOF when the connection was closed as the library's documentation closes it.
	Receive() (Message, error)
	Close() error
}

// Main does what the command line says:
//
//	PROGRAM [-origin ORIGIN] [-compress] echo URL                  prints {"messages":N} when all came back as they were sent
//	PROGRAM [-origin ORIGIN] [-compress] subscribe URL [CHANNEL]   prints what arrives, {"binary":false,"base64":"…"}, until its input ends
//
// With CHANNEL it speaks gateway.v1, without it listens in plain mode. What goes wrong is printed as {"error":"…"}.
func Main(dial func(Options) (Conn, error)) {
	origin := flag.String("origin", "", "the Origin to send; empty: the library's documentation's")
	compress := flag.Bool("compress", false, "offer compression")
	flag.Parse()
	options := Options{URL: flag.Arg(1), Origin: *origin, Compress: *compress}
	if err := run(dial, options, flag.Arg(0), flag.Arg(2)); err != nil {
		say(map[string]string{"error": err.Error()})
		os.Exit(1)
	}
}

func run(dial func(Options) (Conn, error), options Options, mode, channel string) error {
	if channel != "" {
		options.Subprotocol = "gateway.v1"
	}
	conn, err := dial(options)
	if err != nil {
		return err
	}
	defer conn.Close()
	switch mode {
	case "echo":
		return echo(conn)
	case "subscribe":
		return subscribe(conn, channel)
	default:
		return fmt.Errorf("no such mode: %q", mode)
	}
}

// echo sends without waiting for answers, as a client may.
func echo(conn Conn) error {
	messages := everySize()
	sent := make(chan error, 1)
	go func() {
		for _, message := range messages {
			if err := conn.Send(message); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for i, message := range messages {
		echoed, err := conn.Receive()
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		if echoed.Binary != message.Binary || !bytes.Equal(echoed.Payload, message.Payload) {
			return fmt.Errorf("message %d differs", i)
		}
	}
	if err := <-sent; err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return err
	}
	if _, err := conn.Receive(); err != io.EOF {
		return fmt.Errorf("after the close: %w", err)
	}
	say(map[string]int{"messages": len(messages)})
	return nil
}

func subscribe(conn Conn, channel string) error {
	if channel != "" {
		command, _ := json.Marshal(map[string]interface{}{"type": "subscribe", "id": 1, "channel": channel})
		if err := conn.Send(Message{Payload: command}); err != nil {
			return err
		}
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		conn.Close()
	}()
	for {
		message, err := conn.Receive()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		say(message)
	}
}

// everySize holds each size class of a frame's header and of the gateway's buffers, as text that shrinks and as noise that does not.
func everySize() []Message {
	var messages []Message
	random := rand.New(rand.NewSource(1))
	for _, size := range []int{0, 1, 125, 126, 127, 255, 256, 1000, 4096, 65_535, 65_536, 200_000, 1_048_576} {
		text := strings.Repeat(`{"symbol":"EURUSD","bid":1.0837},`, size/33+1)[:size]
		noise := make([]byte, size)
		random.Read(noise)
		messages = append(messages, Message{false, []byte(text)}, Message{true, noise})
	}
	return messages
}

func say(line interface{}) {
	json.NewEncoder(os.Stdout).Encode(line)
}
