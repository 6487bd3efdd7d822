package slipstream.data.internal;

import static slipstream.data.internal.DuckDb.text;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.zip.CRC32;
import slipstream.core.Place;
import slipstream.core.SlipstreamException;
import slipstream.core.Text;
import slipstream.core.progress.Progress;
import slipstream.core.store.AtomicFiles;

/**
 * Checks the CRC-32 of the pages of Parquet files that have them, as Spark and Hadoop write them; DuckDB reads past them.
 * Of a page no more is looked at than its header (parquet.thrift, {@code PageHeader}) and the sum of its bytes.
 */
final class PageChecksums {
  private final InputFile file;
  private final MemorySegment bytes;
  private final Progress progress;
  private long at;
  private long end;

  private PageChecksums(InputFile file, MemorySegment bytes, Progress progress) {
    this.file = file;
    this.bytes = bytes;
    this.progress = progress;
  }

  /** A header that is not as expected: what it is is DuckDB's to say. */
  private static final class Odd extends Exception {
    private static final long serialVersionUID = 1L;

    Odd() {
      super(null, null, false, false);
    }
  }

  /**
   * @param size of the page's bytes, which follow
   * @param crc null where there is none
   */
  private record Header(int size, Integer crc) {}

  /**
   * Whether every page had a checksum, which was right.
   *
   * @throws SlipstreamException CORRUPT when one is wrong, with the file, the column and the rows
   */
  static boolean check(DuckDb database, InputFile file, Progress progress) {
    String chunks =
        "SELECT path_in_schema, row_group_id, data_page_offset, dictionary_page_offset,"
            + " total_compressed_size FROM parquet_metadata("
            + text(file.path().toString())
            + ")";
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file.path())) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      PageChecksums pages = new PageChecksums(file, bytes, progress);
      // Whoever writes no checksum of the first page writes none at all.
      return pages.check(database.rows(chunks + " LIMIT 1")) && pages.check(database.rows(chunks));
    } catch (IOException e) {
      throw AtomicFiles.explain("read", file.path(), e);
    }
  }

  private boolean check(List<List<Object>> chunks) {
    for (List<Object> chunk : chunks) {
      if (!checkChunk(chunk)) {
        return false;
      }
    }
    return true;
  }

  private boolean checkChunk(List<Object> chunk) {
    long data = ((Number) chunk.get(2)).longValue();
    long dictionary = chunk.get(3) instanceof Number offset ? offset.longValue() : 0;
    at = dictionary > 0 ? Math.min(dictionary, data) : data;
    end = at + ((Number) chunk.get(4)).longValue();
    if (at < 0 || end < at || end > bytes.byteSize()) {
      return false;
    }
    try {
      while (at < end) {
        progress.checkCancelled();
        Header header = header();
        if (header.crc == null) {
          return false;
        }
        CRC32 crc = new CRC32();
        crc.update(bytes.asSlice(at, header.size).asByteBuffer());
        if ((int) crc.getValue() != header.crc) {
          throw new SlipstreamException(
              SlipstreamException.Category.CORRUPT,
              Text.format(
                  "column '%s' is damaged in row group %s: a page's checksum differs",
                  chunk.get(0), chunk.get(1)),
              Place.file(file.userName()),
              "Get the file again.");
        }
        at += header.size;
      }
      return true;
    } catch (Odd e) {
      return false;
    }
  }

  // ------------------------------------------------- Thrift's compact protocol

  private Header header() throws Odd {
    int size = -1;
    Integer crc = null;
    int field = 0;
    while (true) {
      int start = oneByte();
      if (start == 0) {
        if (size < 0 || size > end - at) {
          throw new Odd();
        }
        return new Header(size, crc);
      }
      field = start >> 4 == 0 ? (int) signed() : field + (start >> 4);
      if (field == 3) {
        size = (int) signed();
      } else if (field == 4) {
        crc = (int) signed();
      } else {
        skip(start & 15, 0);
      }
    }
  }

  private int oneByte() throws Odd {
    if (at >= end) {
      throw new Odd();
    }
    return bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
  }

  private long unsigned() throws Odd {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = oneByte();
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new Odd();
  }

  private long signed() throws Odd {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  private void skip(int type, int depth) throws Odd {
    switch (type) {
      case 1, 2 -> {} // a field's type says true or false
      case 3 -> oneByte();
      case 4, 5, 6 -> unsigned();
      case 7 -> at += Double.BYTES;
      case 8 -> {
        long length = unsigned();
        if (length < 0 || length > end - at) {
          throw new Odd();
        }
        at += length;
      }
      case 12 -> {
        if (depth > 8) {
          throw new Odd();
        }
        for (int start = oneByte(); start != 0; start = oneByte()) {
          if (start >> 4 == 0) {
            signed();
          }
          skip(start & 15, depth + 1);
        }
      }
      default -> throw new Odd(); // no page header has lists, sets or maps
    }
  }
}
