package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/runtime/graphx"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/runtime/harness"
	fnpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/fnexecution_v1"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal/extworker"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal/runnerlib"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/util/grpcx"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Prism starts one worker for every environment of a pipeline, and the Go SDK describes
// one environment. The stages that measure are therefore given environments of
// their own, before the pipeline is handed to the runner. A pool in this process answers
// to these: for each it starts a process of this program.

// The variables by which a process knows that it is a worker, of which name, at which
// addresses, and what has started it.
const (
	workerName  = "AFTERSHOCK_BEAM_WORKER"
	controlName = "AFTERSHOCK_BEAM_CONTROL"
	loggingName = "AFTERSHOCK_BEAM_LOGGING"
	starterName = "AFTERSHOCK_BEAM_STARTER"
)

// onProcesses performs p on Prism, its stages that measure in processes of their own.
func (j job) onProcesses(ctx context.Context, p *beam.Pipeline) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	edges, _, err := p.Build()
	if err != nil {
		return err
	}
	here, err := extworker.StartLoopback(ctx, 0)
	if err != nil {
		return err
	}
	defer here.Stop(ctx)
	stages := min(j.Workers, j.Shares)
	elsewhere, err := startPool(stages, fail)
	if err != nil {
		return err
	}
	defer elsewhere.stop()
	own, err1 := graphx.CreateEnvironment(ctx, graphx.URNEnvExternal, here.EnvironmentConfig)
	other, err2 := graphx.CreateEnvironment(ctx, graphx.URNEnvExternal, func(context.Context) string { return elsewhere.address })
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	own.Dependencies, other.Dependencies = nil, nil // workers are this program, which lies here
	pipeline, err := graphx.Marshal(edges, &graphx.Options{Environment: own})
	if err != nil {
		return err
	}
	for k := range stages {
		given := 0
		for _, t := range pipeline.Components.Transforms {
			if strings.HasPrefix(t.UniqueName, stageName(k)+"/") && t.EnvironmentId != "" {
				t.EnvironmentId = stageName(k)
				given++
			}
		}
		if given == 0 {
			return errors.New("the pipeline has no stage " + stageName(k))
		}
		pipeline.Components.Environments[stageName(k)] = other
	}
	client, err := prism.CreateJobServer(ctx, prism.Options{})
	if err != nil {
		return err
	}
	id, _, token, err := runnerlib.Prepare(ctx, client, pipeline, &runnerlib.JobOptions{Name: "aftershock", Parallelism: -1})
	if err == nil {
		id, err = runnerlib.Submit(ctx, client, id, token)
	}
	if err == nil {
		err = runnerlib.WaitForCompletion(ctx, client, id)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && !marked.MatchString(err.Error()) && strings.Contains(err.Error(), "worker disconnected"): // Prism's words, where it knows before the pool does
		return errEnded
	}
	return err
}

var errEnded = errors.New("a worker's process ended before its shares were done; was it stopped, or is there too little memory for so many?")

// pool starts and ends the processes of workers, as runners ask.
type pool struct {
	fnpb.UnimplementedBeamFnExternalWorkerPoolServer
	address string
	server  *grpc.Server
	threads int                     // of a process
	fail    context.CancelCauseFunc // called when a process ends by itself

	mu      sync.Mutex
	running map[string]*exec.Cmd // nil: it has stopped
	all     sync.WaitGroup
}

// startPool starts a pool for so many processes, which have this machine's processors
// between them.
func startPool(processes int, fail context.CancelCauseFunc) (*pool, error) {
	at, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, err
	}
	p := &pool{address: at.Addr().String(), server: grpc.NewServer(), threads: max(1, runtime.GOMAXPROCS(0)/processes), fail: fail, running: make(map[string]*exec.Cmd)}
	fnpb.RegisterBeamFnExternalWorkerPoolServer(p.server, p)
	go p.server.Serve(at)
	return p, nil
}

// StartWorker implements fnpb.BeamFnExternalWorkerPoolServer.
func (p *pool) StartWorker(_ context.Context, r *fnpb.StartWorkerRequest) (*fnpb.StartWorkerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := r.GetWorkerId()
	switch {
	case p.running == nil:
		return &fnpb.StartWorkerResponse{Error: "the job has ended"}, nil
	case p.running[name] != nil:
		return &fnpb.StartWorkerResponse{Error: name + " runs"}, nil
	}
	program, err := os.Executable()
	if err == nil {
		cmd := exec.Command(program)
		cmd.Stderr = os.Stderr
		cmd.Env = append(os.Environ(), workerName+"="+name, controlName+"="+r.GetControlEndpoint().GetUrl(), loggingName+"="+r.GetLoggingEndpoint().GetUrl(),
			starterName+"="+strconv.Itoa(os.Getpid()), "GOMAXPROCS="+strconv.Itoa(p.threads))
		if err = cmd.Start(); err == nil {
			p.running[name] = cmd
			p.all.Go(func() {
				_ = cmd.Wait() // however it ends, it should not have
				p.ended(name)
			})
		}
	}
	if err != nil {
		p.fail(fmt.Errorf("the process of a worker cannot be started: %w", err))
	}
	return &fnpb.StartWorkerResponse{}, nil
}

// ended takes note of a process that has ended.
func (p *pool) ended(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running[name] != nil {
		delete(p.running, name)
		p.fail(errEnded)
	}
}

// StopWorker implements fnpb.BeamFnExternalWorkerPoolServer.
func (p *pool) StopWorker(_ context.Context, r *fnpb.StopWorkerRequest) (*fnpb.StopWorkerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cmd := p.running[r.GetWorkerId()]; cmd != nil {
		delete(p.running, r.GetWorkerId())
		_ = cmd.Process.Kill() // it has nothing left to do
	}
	return &fnpb.StopWorkerResponse{}, nil
}

// stop ends all processes.
func (p *pool) stop() {
	p.mu.Lock()
	for _, cmd := range p.running {
		_ = cmd.Process.Kill()
	}
	p.running = nil
	p.mu.Unlock()
	p.all.Wait()
	p.server.Stop()
}

// work does what a runner asks for, in a process that a pool has started, until the pool
// ends it or is gone itself.
func work(ctx context.Context) error {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // what fails tells its error
	go func() {
		for os.Getenv(starterName) == strconv.Itoa(os.Getppid()) {
			time.Sleep(time.Second / 2)
		}
		os.Exit(statusInterrupted)
	}()
	grpcx.Dial = dialWithoutMetrics
	return harness.MainWithOptions(grpcx.WriteWorkerID(ctx, os.Getenv(workerName)), os.Getenv(loggingName), os.Getenv(controlName), harness.Options{})
}

// dialWithoutMetrics connects a worker to its runner, who is told no metrics: workers
// give these short names, each process its own, and Prism (2.77) takes those of all
// for one list, and fails where one name has two meanings.
func dialWithoutMetrics(_ context.Context, endpoint string, _ time.Duration) (*grpc.ClientConn, error) {
	return grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)),
		grpc.WithStreamInterceptor(func(ctx context.Context, d *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, o ...grpc.CallOption) (grpc.ClientStream, error) {
			s, err := streamer(ctx, d, cc, method, o...)
			return withoutMetrics{s}, err
		}))
}

type withoutMetrics struct{ grpc.ClientStream }

// SendMsg implements grpc.ClientStream.
func (s withoutMetrics) SendMsg(m any) error {
	if r, ok := m.(*fnpb.InstructionResponse); ok {
		if b := r.GetProcessBundle(); b != nil {
			b.MonitoringInfos, b.MonitoringData = nil, nil
		}
		if b := r.GetProcessBundleProgress(); b != nil {
			b.MonitoringInfos, b.MonitoringData = nil, nil
		}
	}
	return s.ClientStream.SendMsg(m)
}
