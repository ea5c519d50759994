// C-simulation of all units at once: a thread a unit, bounded FIFOs that block, and deadlocks told without a timeout.
//
// Only a test bench built with R2B_DATAFLOW has this. Units are processes that test no stream for words, so what each
// FIFO carries, and whether and where all of them stop, depends on the depths alone and not on the order of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace hls {

/// Exit status of a program all of whose unfinished units wait.
constexpr int DEADLOCK = 5;

class Fifo;

/// What the threads share. One mutex guards it and every FIFO.
struct Dataflow {
    bool concurrent = false;
    std::mutex mutex;
    std::size_t unfinished = 0;
    std::size_t waiting = 0;
    std::vector<const Fifo*> fifos;

    void end_where_all_wait() const;
};

inline Dataflow& dataflow() {
    static Dataflow shared;
    return shared;
}

/// Words inside a stream of one producer and one consumer, and who waits for them; depth 0 is unbounded.
class Fifo {
    std::string name;
    std::size_t depth;
    std::size_t words;
    bool producer_waits;
    bool consumer_waits;
    std::condition_variable changed;

    void wait(std::unique_lock<std::mutex>& lock, bool& waits) {
        waits = true;
        ++dataflow().waiting;
        dataflow().end_where_all_wait();
        while (waits) changed.wait(lock);
    }

    // Who wakes another counts it as running at once: it may not get its turn before the next check.
    void wake(bool& waits) {
        if (!waits) return;
        waits = false;
        --dataflow().waiting;
        changed.notify_one();
    }

    static std::unique_lock<std::mutex> take_turn() {
        return dataflow().concurrent ? std::unique_lock<std::mutex>(dataflow().mutex) : std::unique_lock<std::mutex>();
    }

public:
    Fifo(const char* stream_name, std::size_t most_words)
        : name(stream_name), depth(most_words), words(0), producer_waits(false), consumer_waits(false) {
        dataflow().fifos.push_back(this);
    }

    /// Wait for room and claim it; the word must be stored before the lock is released.
    std::unique_lock<std::mutex> begin_write() {
        std::unique_lock<std::mutex> lock = take_turn();
        if (lock && depth != 0 && words >= depth) wait(lock, producer_waits);
        ++words;
        wake(consumer_waits);
        return lock;
    }

    /// Wait for a word and claim it; it must be loaded before the lock is released.
    std::unique_lock<std::mutex> begin_read() {
        std::unique_lock<std::mutex> lock = take_turn();
        if (lock && words == 0) wait(lock, consumer_waits);
        if (words != 0) --words;
        wake(producer_waits);
        return lock;
    }

    /// Say why a unit waits here; empty where none does.
    std::string reason() const {
        const std::string amount = std::to_string(words) + " of " + std::to_string(depth) + " words";
        if (producer_waits) return "full stream " + name + ": " + amount;
        if (consumer_waits) return "empty stream " + name + ": " + amount;
        return "";
    }
};

inline void Dataflow::end_where_all_wait() const {
    if (waiting == 0 || waiting < unfinished) return;
    std::string reasons;
    for (const Fifo* fifo : fifos) {
        const std::string reason = fifo->reason();
        if (!reason.empty()) reasons += (reasons.empty() ? "" : "; ") + reason;
    }
    std::fprintf(stderr, "deadlock: %s\n", reasons.c_str());
    std::_Exit(DEADLOCK);
}

/// The units of a dataflow region: run one after another, or all at once where dataflow().concurrent is set.
class Processes {
    std::vector<std::function<void()>> units;

public:
    void add(std::function<void()> unit) { units.push_back(std::move(unit)); }

    void run() {
        if (!dataflow().concurrent) {
            for (const std::function<void()>& unit : units) unit();
            return;
        }
        dataflow().unfinished = units.size();
        std::vector<std::thread> threads;
        for (const std::function<void()>& unit : units) {
            threads.emplace_back([&unit] {
                unit();
                const std::lock_guard<std::mutex> lock(dataflow().mutex);
                --dataflow().unfinished;
                dataflow().end_where_all_wait();
            });
        }
        for (std::thread& thread : threads) thread.join();
    }
};

}  // namespace hls
