package slipstream.core.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import slipstream.core.store.AtomicFiles;

/**
 * Writes blocks of columns in a thread of its own, in the order in which they come: hashing and writing values takes as
 * long as making them.
 *
 * <p>The thread starts with the first block, so that a small table needs none. What fails there is thrown by the next call.
 */
final class BlockWriter implements AutoCloseable {
  /** Blocks that may wait. */
  private static final int AHEAD = 64;

  /** Bytes of a file after which they are forced to the disk. */
  private static final long SYNC = 8L << 20;

  private record Block(ColumnFile file, ByteBuffer bytes) {}

  /** The last one. */
  private static final Block END = new Block(null, ByteBuffer.allocate(0));

  private final BlockingQueue<Block> waiting = new ArrayBlockingQueue<>(AHEAD);
  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(AHEAD + 2);
  private final Map<ColumnFile, Long> synced = new HashMap<>();
  private volatile Thread thread;
  private ExecutorService syncing;
  private volatile boolean syncEarly;
  private volatile Throwable failure;

  /**
   * Has what is written forced to the disk on the way, at the side; otherwise whoever syncs the files at the end waits for
   * all of it.
   */
  void syncEarly() {
    syncEarly = true;
  }

  /** Takes a full block of a file and gives an empty one of its size. */
  ByteBuffer swap(ColumnFile file, ByteBuffer full) {
    check();
    start();
    put(new Block(file, full));
    ByteBuffer next = free.poll();
    return next == null
        ? ByteBuffer.allocate(full.capacity()).order(ByteOrder.LITTLE_ENDIAN)
        : next;
  }

  /** Columns may come from several threads, of which one is the first. */
  private synchronized void start() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("slipstream-table-writer").start(this::run);
    }
  }

  /** Waits until all blocks are written. */
  void finish() {
    end();
    check();
  }

  private void end() {
    if (thread == null) {
      return;
    }
    put(END);
    boolean interrupted = false;
    while (thread != null) {
      try {
        thread.join();
        thread = null;
      } catch (InterruptedException e) {
        interrupted = true; // whoever asked for the end of the work learns of it from its progress
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(Block block) {
    boolean interrupted = false;
    for (boolean done = false; !done; ) {
      try {
        waiting.put(block); // never for long: the thread takes blocks until the end
        done = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void check() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void run() {
    while (true) {
      Block block;
      try {
        block = waiting.take();
      } catch (InterruptedException e) {
        continue; // nobody knows this thread
      }
      if (block == END) {
        if (syncing != null) {
          syncing.close();
        }
        return;
      }
      if (failure == null) {
        try {
          block.file.write(block.bytes);
          if (syncEarly) {
            sync(block.file);
          }
        } catch (RuntimeException | Error e) {
          failure = e;
        }
      }
      block.bytes.clear();
      free.offer(block.bytes);
    }
  }

  private void sync(ColumnFile file) {
    if (file.length() - synced.getOrDefault(file, 0L) < SYNC) {
      return;
    }
    synced.put(file, file.length());
    if (syncing == null) {
      syncing =
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("slipstream-table-sync").factory());
    }
    syncing.execute(
        () -> {
          try {
            file.sync();
          } catch (IOException e) { // the system tells of it once
            failure = AtomicFiles.explain("write the table", file.path().getParent(), e);
          }
        });
  }

  /** Ends the thread; blocks that wait are written first. */
  @Override
  public void close() {
    end();
  }
}
